#pragma once

#include <cstdint>

#include "base/time.h"
#include "model/attempt.h"
#include "parallel/scheduler.h"

// What becomes of a mini-batch after an attempt (parallel-job.md 5.2, 5.3 and 5.7). Pure.
namespace batchmill::parallel {

constexpr std::uint32_t kMostNodeLosses = 10;  // uncharged ones per mini-batch
constexpr Duration kAvoidFor = std::chrono::seconds(1);

// What a mini-batch, or a part of one, went through. Kept only for those that had trouble and are
// not done.
struct History {
  std::uint32_t charged = 0;  // tries used up
  std::uint32_t crashes = 0;  // of these
  std::uint32_t node_losses = 0;
  std::uint16_t next_attempt = 1;
};

// `status` corrects the worker's word: a success that returned too little is kRunShort.
struct Ruling {
  AttemptStatus status = AttemptStatus::kRunDone;
  bool final = true;
  bool rows_count = true;
  bool split = false;  // bisect: its halves follow
};
// `part`: what was tried; `items`: how many that are, 0 when unknown. A part of several items is
// tried once, everything else max_retries + 1 times. With bisect, several items whose tries are
// used up are cut whatever the failure was: each may be the fault of one of them.
Ruling rule_on(const Outcome& outcome, const History& before, const StepRules& rules,
               const ItemRange& part = {}, std::uint32_t items = 0);

// Enters an attempt that did not end the mini-batch.
void remember(History& history, AttemptStatus status, std::uint16_t attempt);

bool is_charged(AttemptStatus status);  // uses up a try

// How long the next try waits, given the history with the failed attempt entered.
Duration retry_delay(AttemptStatus status, const History& history);

}  // namespace batchmill::parallel
