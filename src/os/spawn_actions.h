#pragma once

#include <spawn.h>
#include <string>
#include <vector>

namespace batchmill {

// What posix_spawn is told beside the command. Signals are as in a fresh process: what this process
// ignores (SIGPIPE) or this thread blocks ends the child as usual.
struct SpawnActions {
  SpawnActions();
  ~SpawnActions();
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  void lead_new_group();

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

// As exec wants its texts: valid as long as these stay, with a null at the end.
std::vector<char*> exec_pointers(std::vector<std::string>& texts);

}  // namespace batchmill
