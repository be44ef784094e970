// libyaml, in the program.
//
// Debian's libyaml-dev brings the static library, which is linked instead of the shared one: a configuration has to be read
// on machines that have no libyaml, and the whole of it is 150 KB.

#ifndef CYAML_H
#define CYAML_H

#include <yaml.h>

#endif
