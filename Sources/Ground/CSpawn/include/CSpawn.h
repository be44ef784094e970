// What <spawn.h> shows to _GNU_SOURCE only, and so not to Swift.

#ifndef CSPAWN_H
#define CSPAWN_H

#include <spawn.h>

// Has the child close every descriptor from this number on, before it becomes the program.
int cspawn_add_close_from(posix_spawn_file_actions_t *_Nonnull actions, int first);

#endif
