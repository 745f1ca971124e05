#include "parallel/init_rules.h"

#include <algorithm>

namespace batchmill::parallel {
namespace {

constexpr Duration kFirstDelay = std::chrono::milliseconds(100);
constexpr Duration kMostDelay = std::chrono::seconds(30);
constexpr std::uint32_t kMostDoublings = 12;

}  // namespace

bool node_gives_up(std::uint32_t failures, bool ever_ready, std::uint32_t workers_per_node) {
  return !ever_ready && failures >= 3 * workers_per_node;
}

bool job_gives_up(std::uint64_t failures, std::uint32_t nodes, std::uint32_t workers_per_node,
                  bool ever_ready, Duration running_for) {
  const std::uint64_t enough = std::uint64_t{2} * nodes * workers_per_node;
  return !ever_ready && running_for > kInitPatience && failures > 0 && failures >= enough;
}

Duration stuck_init_limit(Duration run_timeout) {
  return 3 * run_timeout + std::chrono::seconds(30);
}

Duration start_delay(std::uint32_t failures, std::uint32_t workers_per_node) {
  const std::uint32_t round = failures / std::max(workers_per_node, 1U);
  if (round == 0) return Duration::zero();
  return std::min(kMostDelay, kFirstDelay * (1 << std::min(round - 1, kMostDoublings)));
}

}  // namespace batchmill::parallel
