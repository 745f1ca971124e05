#include "parallel/simulation/oracle.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace batchmill::parallel::simulation {

void Oracle::complain(const std::string& text) {
  if (complaint_.empty()) complaint_ = text;
}

Oracle::Oracle(const Scenario& scenario, const Executions& executions)
    : scenario_(scenario), executions_(executions) {
  begin();
}

void Oracle::begin() {
  tries_ = splits_ = succeeded_ = failed_ = items_ = lost_items_ = rows_ = 0;
  mini_batches_.assign(scenario_.mini_batches, {});
  for (std::uint64_t i = 0; i < scenario_.mini_batches; ++i) {
    mini_batches_[i].open[ItemRange{}].items = scenario_.items_of(MiniBatchId{i});
  }
}

// A mini-batch that starts over numbers its tries on from where it was.
void Oracle::resumed(const std::vector<AttemptRecord>& ledger) {
  begin();
  for (const AttemptRecord& record : ledger) {
    if (!record.forgotten) {
      check(record);
      continue;
    }
    ++tries_;
    if (!record.id.part.is_whole()) continue;
    mini_batches_[record.id.mini_batch.value].open[ItemRange{}].numbers.insert(record.id.number);
  }
}

void Oracle::committed(const std::vector<AttemptRecord>& group) {
  for (const AttemptRecord& record : group) check(record);
}

// I-1: a commit is of something that is open, and what it ends is open no more.
void Oracle::check(const AttemptRecord& record) {
  const std::uint64_t id = record.id.mini_batch.value;
  ++tries_;
  if (id >= mini_batches_.size()) return complain(fmt::format("mini-batch {} is not planned", id));
  MiniBatch& mini_batch = mini_batches_[id];
  const auto piece = mini_batch.open.find(record.id.part);
  if (piece == mini_batch.open.end()) {
    return complain(fmt::format("mini-batch {}, items {} + {}: committed after its end", id,
                                record.id.part.first, record.id.part.count));
  }
  check_identity(record, piece->second);
  const Ruling ruling = ruling_on(record, piece->second);
  if (record.final != ruling.final || record.split != ruling.split) {
    complain(fmt::format("mini-batch {}: wrong end of its tries", id));
  }
  if (record.rows_count != ruling.rows_count)
    complain(fmt::format("mini-batch {}: wrong rows", id));
  if (ruling.final || ruling.split) close(record, ruling, mini_batch);
}

// It really ran, and each try has a number of its own; a later one than those before, but for the
// two attempts that run at once when there is speculation.
void Oracle::check_identity(const AttemptRecord& record, Piece& piece) {
  const std::uint64_t id = record.id.mini_batch.value;
  const int number = record.id.number;
  const bool later = piece.numbers.empty() || number > *piece.numbers.rbegin();
  if (!piece.numbers.insert(number).second || (!later && !scenario_.rules.speculation)) {
    complain(fmt::format("mini-batch {}: attempt {} follows a later one", id, number));
  }
  if (record.outcome.total != piece.items) {
    complain(fmt::format("mini-batch {}: {} items instead of {}", id, record.outcome.total,
                         piece.items));
  }
  if (record.outcome.status == AttemptStatus::kNodeLost) return;
  const Execution& execution = executions_.at(record.outcome.rows.offset);
  if (execution.id != record.id || execution.outcome.succeeded != record.outcome.succeeded) {
    complain(fmt::format("mini-batch {}: what was committed is not what was run", id));
  }
}

// parallel-job.md 5.2, 5.3, 5.7; where there is bisection, what ran out of tries is cut down to
// single items, and a part of several items has one try.
Oracle::Ruling Oracle::ruling_on(const AttemptRecord& record, Piece& piece) {
  const StepRules& rules = scenario_.rules;
  const AttemptStatus status = record.outcome.status;
  Ruling ruling;
  switch (status) {
    case AttemptStatus::kRunDone:
      ruling.final = ruling.rows_count = true;
      if (rules.count_check && record.outcome.succeeded < piece.items) {
        complain(fmt::format("mini-batch {}: a short return counts as a success",
                             record.id.mini_batch.value));
      }
      return ruling;
    case AttemptStatus::kNodeLost:
      ruling.final = ++piece.node_losses > 10;
      return ruling;
    case AttemptStatus::kCanceled:
      return ruling;
    default:
      break;
  }
  const bool is_part_of_several = !record.id.part.is_whole() && piece.items > 1;
  const std::uint32_t allowed = is_part_of_several ? 1 : rules.max_retries + 1;
  const bool last = ++piece.tries == allowed;
  ruling.split = last && rules.bisect && piece.items > 1;
  ruling.final = last && !ruling.split;
  ruling.rows_count = ruling.final && status == AttemptStatus::kRunShort;
  return ruling;
}

void Oracle::close(const AttemptRecord& record, const Ruling& ruling, MiniBatch& mini_batch) {
  const std::uint32_t items = mini_batch.open.at(record.id.part).items;
  mini_batch.open.erase(record.id.part);
  if (ruling.split) {
    ++splits_;
    const std::uint32_t begin = record.id.part.first;
    const std::uint32_t half = items - items / 2;
    mini_batch.open[{begin, half}].items = half;
    mini_batch.open[{begin + half, items - half}].items = items - half;
    return;
  }
  count(record, items);
  mini_batch.any_failed |= record.outcome.status != AttemptStatus::kRunDone;
  if (mini_batch.open.empty()) ++(mini_batch.any_failed ? failed_ : succeeded_);
}

void Oracle::count(const AttemptRecord& record, std::uint32_t items) {
  const AttemptStatus status = record.outcome.status;
  const bool some = status == AttemptStatus::kRunDone || status == AttemptStatus::kRunShort;
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
  const auto tenths = static_cast<std::uint64_t>(std::llround(rules.allowed_failed_percent * 10));
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
