#include "os/spawn_actions.h"

#include <csignal>

namespace batchmill {

namespace {

constexpr short kFreshSignals = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

}  // namespace

SpawnActions::SpawnActions() {
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigdefault(&attributes, &all);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, kFreshSignals);
}

SpawnActions::~SpawnActions() {
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
}

void SpawnActions::lead_new_group() {
  posix_spawnattr_setflags(&attributes, kFreshSignals | POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
}

std::vector<char*> exec_pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

}  // namespace batchmill
