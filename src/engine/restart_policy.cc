#include "engine/restart_policy.h"

namespace batchmill::engine {

RestartPolicy::Next RestartPolicy::after_life(bool made_progress) {
  fruitless_ = made_progress ? 0 : fruitless_ + 1;
  if (fruitless_ >= kMostFruitless) return {false, {}};
  Duration delay = std::chrono::milliseconds(100);
  for (std::uint32_t i = 0; i < fruitless_; ++i) delay *= 4;
  return {true, delay};
}

RestartPolicy::Next RestartPolicy::after_finding_it_held(bool asked_to_resume) {
  return {asked_to_resume, std::chrono::milliseconds(100)};
}

}  // namespace batchmill::engine
