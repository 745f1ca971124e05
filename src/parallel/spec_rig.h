#pragma once

#include <vector>

#include "parallel/scheduler_rig.h"

// What the tests of the sections of parallel-job.md share (spec_*_test.cc).
namespace batchmill::parallel {

inline StepRules rules_with(std::uint32_t max_retries, std::uint32_t workers = 1) {
  StepRules rules;
  rules.max_retries = max_retries;
  rules.workers_per_node = workers;
  return rules;
}

// Every range that was leased, in order, to whomever.
inline std::vector<LeaseRange> ranges_leased(const std::vector<Effect>& effects) {
  std::vector<LeaseRange> ranges;
  for (const Lease& lease : of<Lease>(effects)) {
    ranges.insert(ranges.end(), lease.ranges.begin(), lease.ranges.end());
  }
  return ranges;
}

inline LeaseRange whole(std::uint64_t mini_batch, std::uint16_t attempt) {
  return {MiniBatchId{mini_batch}, 1, attempt, {}};
}

}  // namespace batchmill::parallel
