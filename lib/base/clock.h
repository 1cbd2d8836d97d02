/* clock: the machine's own time, for struct world. */
#ifndef MCACME_BASE_CLOCK_H
#define MCACME_BASE_CLOCK_H

struct clock;

struct clock *clock_system(void);

#endif
