/* Names that go different ways in one certificate. */
#include "proofs.h"

#include "disk.h"
#include "fake_dns.h"
#include "fake_provider.h"
#include "solve_kit.h"

#include <sys/stat.h>
