#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "parallel/scheduler.h"
#include "parallel/simulation/scenario.h"
#include "parallel/simulation/simulated_agent.h"

namespace batchmill::parallel::simulation {

// What must be true of a sequence of commits, worked out from the rules alone and without any of
// the scheduler's own code. Complaints are collected; the first one is what matters.
class Oracle {
 public:
  Oracle(const Scenario& scenario, const Executions& executions);

  // `job resume`: forgotten attempts count for nothing any more, all others as before.
  void resumed(const std::vector<AttemptRecord>& ledger);
  // A group that became durable.
  void committed(const std::vector<AttemptRecord>& group);
  // The scheduler's figures after it was told of everything that is durable.
  void compare(const Tally& tally);
  // The end of the step.
  void finished(const Finish& finish, bool cancelled, bool commit_failed, bool plan_complete);

  bool exceeded(bool plan_complete) const;
  std::uint64_t splits() const { return splits_; }
  const std::string& complaint() const { return complaint_; }
  void complain(const std::string& text);  // an empty text is none

 private:
  // A whole mini-batch or a part of one that was bisected.
  struct Piece {
    std::uint32_t items = 0;
    std::uint32_t tries = 0;  // charged
    std::uint32_t node_losses = 0;
    std::set<int> numbers;  // of its attempts
  };
  // A mini-batch is what is still open of it.
  struct MiniBatch {
    std::map<ItemRange, Piece> open;
    bool any_failed = false;
  };
  struct Ruling {
    bool final = false, split = false, rows_count = false;
  };

  void begin();
  void check(const AttemptRecord& record);
  void check_identity(const AttemptRecord& record, Piece& piece);
  Ruling ruling_on(const AttemptRecord& record, Piece& piece);
  void close(const AttemptRecord& record, const Ruling& ruling, MiniBatch& mini_batch);
  void count(const AttemptRecord& record, std::uint32_t items);
  bool over(Cause cause, bool plan_complete) const;

  const Scenario& scenario_;
  const Executions& executions_;
  std::vector<MiniBatch> mini_batches_;
  std::uint64_t tries_ = 0, splits_ = 0, succeeded_ = 0, failed_ = 0;
  std::uint64_t items_ = 0, lost_items_ = 0, rows_ = 0;
  std::string complaint_;
};

}  // namespace batchmill::parallel::simulation
