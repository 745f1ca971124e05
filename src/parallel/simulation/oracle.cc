#include "parallel/simulation/oracle.h"

#include <algorithm>

#include <fmt/format.h>

namespace batchmill::parallel::simulation {

void Oracle::complain(const std::string& text) {
  if (complaint_.empty()) complaint_ = text;
}

void Oracle::committed(const std::vector<AttemptRecord>& group) {
  for (const AttemptRecord& record : group) {
    const std::uint64_t id = record.id.mini_batch.value;
    if (id >= mini_batches_.size())
      return complain(fmt::format("mini-batch {} is not planned", id));
    check_identity(record, mini_batches_[id]);
    check_ruling(record, mini_batches_[id]);
    count(record);
  }
}

// I-1: one counting commit, of something that really ran, and nothing after it.
void Oracle::check_identity(const AttemptRecord& record, MiniBatch& mini_batch) {
  const std::uint64_t id = record.id.mini_batch.value;
  if (mini_batch.ended) complain(fmt::format("mini-batch {} is committed after its end", id));
  if (record.id.number <= mini_batch.last_number) {
    complain(fmt::format("mini-batch {}: attempt {} follows attempt {}", id, record.id.number,
                         mini_batch.last_number));
  }
  mini_batch.last_number = record.id.number;
  if (record.outcome.status == AttemptStatus::kNodeLost) return;
  const Execution& execution = executions_.at(record.outcome.rows.offset);
  if (execution.id != record.id || execution.outcome.succeeded != record.outcome.succeeded) {
    complain(fmt::format("mini-batch {}: what was committed is not what was run", id));
  }
}

// parallel-job.md 5.2, 5.3, 5.7.
void Oracle::check_ruling(const AttemptRecord& record, MiniBatch& mini_batch) {
  const std::uint64_t id = record.id.mini_batch.value;
  const std::uint32_t items = scenario_.items_of(record.id.mini_batch);
  const std::uint32_t tries_allowed = scenario_.rules.max_retries + 1;
  const AttemptStatus status = record.outcome.status;
  bool final = false;
  bool rows_count = false;
  switch (status) {
    case AttemptStatus::kRunDone:
      final = rows_count = true;
      if (scenario_.rules.count_check && record.outcome.succeeded < items) {
        complain(fmt::format("mini-batch {}: a short return counts as a success", id));
      }
      break;
    case AttemptStatus::kNodeLost:
      final = ++mini_batch.node_losses > 10;
      break;
    case AttemptStatus::kCanceled:
      break;
    default:
      final = ++mini_batch.tries == tries_allowed;
      rows_count = final && status == AttemptStatus::kRunShort;
  }
  if (record.final != final) complain(fmt::format("mini-batch {}: wrong end of its tries", id));
  if (record.rows_count != rows_count) complain(fmt::format("mini-batch {}: wrong rows", id));
  mini_batch.ended = final;
}

void Oracle::count(const AttemptRecord& record) {
  ++tries_;
  if (!record.final) return;
  const std::uint32_t items = scenario_.items_of(record.id.mini_batch);
  const bool good = record.outcome.status == AttemptStatus::kRunDone;
  const bool some = good || record.outcome.status == AttemptStatus::kRunShort;
  ++(good ? succeeded_ : failed_);
  items_ += items;
  lost_items_ += some ? items - std::min(items, record.outcome.succeeded) : items;
  if (record.rows_count) rows_ += record.outcome.rows.rows;
}

// I-2 and I-3.
void Oracle::compare(const Tally& tally) {
  const bool same = tally.tries == tries_ && tally.succeeded == succeeded_ &&
                    tally.failed == failed_ && tally.items_total == items_ &&
                    tally.items_failed == lost_items_ && tally.rows == rows_;
  if (!same) {
    complain(
        fmt::format("the figures are not what is committed: {} tries, {} + {} mini-batches, {} "
                    "items lost instead of {}, {} + {}, {}",
                    tally.tries, tally.succeeded, tally.failed, tally.items_failed, tries_,
                    succeeded_, failed_, lost_items_));
  }
}

bool Oracle::over(Cause cause, bool plan_complete) const {
  const StepRules& rules = scenario_.rules;
  if (cause == Cause::kMiniBatchThreshold) {
    return rules.mini_batch_error_threshold >= 0 &&
           static_cast<std::int64_t>(failed_) > rules.mini_batch_error_threshold;
  }
  if (cause == Cause::kItemThreshold) {
    return rules.error_threshold >= 0 &&
           static_cast<std::int64_t>(lost_items_) > rules.error_threshold;
  }
  // In tenths of a percent, as scenarios choose it: whole numbers compare exactly.
  const auto tenths = static_cast<std::uint64_t>(rules.allowed_failed_percent * 10 + 0.5);
  return plan_complete && tenths < 1000 && 1000 * failed_ > tenths * scenario_.mini_batches;
}

bool Oracle::exceeded(bool plan_complete) const {
  return over(Cause::kMiniBatchThreshold, plan_complete) ||
         over(Cause::kItemThreshold, plan_complete) ||
         over(Cause::kPercentThreshold, plan_complete);
}

void Oracle::finished(const Finish& finish, bool cancelled, bool commit_failed,
                      bool plan_complete) {
  const auto expect = [&](bool condition, const char* what) {
    if (!condition) complain(fmt::format("finished with cause {}: {}", int(finish.cause), what));
  };
  const bool all_done = succeeded_ + failed_ == scenario_.mini_batches;
  const bool failed = finish.verdict == Verdict::kFailed;
  switch (finish.cause) {
    case Cause::kNone:
      expect(finish.verdict == Verdict::kCompleted, "not completed");
      expect(plan_complete && all_done, "mini-batches are lost");
      expect(!exceeded(plan_complete), "a threshold is exceeded");
      expect(scenario_.mini_batches > 0 || scenario_.rules.allow_empty_input, "the input is empty");
      expect(!scenario_.rules.expects_rows || scenario_.mini_batches == 0 || rows_ > 0, "no rows");
      return;
    case Cause::kMiniBatchThreshold:
    case Cause::kItemThreshold:
    case Cause::kPercentThreshold:
      expect(failed && over(finish.cause, plan_complete), "the threshold is not exceeded");
      return;
    case Cause::kNoRows:
      expect(failed && all_done && rows_ == 0 && scenario_.rules.expects_rows, "there are rows");
      return;
    case Cause::kEmptyInput:
      expect(failed && scenario_.mini_batches == 0, "the input is not empty");
      return;
    case Cause::kInit:
      expect(failed && (scenario_.init_always_fails || scenario_.init_failures > 0 ||
                        scenario_.worker_deaths > 0),
             "init() does not fail");
      return;
    case Cause::kScript:
      expect(failed && scenario_.script_is_broken, "the script is fine");
      return;
    case Cause::kCanceled:
      expect(finish.verdict == Verdict::kCanceled && cancelled, "nobody cancelled");
      return;
    case Cause::kCommitFailed:
      expect(failed && commit_failed, "no commit failed");
      return;
    case Cause::kFirstTask:
    case Cause::kNoProgress:
    case Cause::kAllNodesLost:
    case Cause::kPlanFailed:
      expect(false, "there was progress");
      return;
  }
}

}  // namespace batchmill::parallel::simulation
