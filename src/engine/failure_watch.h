#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "model/attempt.h"
#include "model/progress.h"
#include "runlog/failure_groups.h"

namespace batchmill::engine {

// Notices kinds of failure as they first appear while a step runs, so that each is told once
// (messages.md 3.1). The full account is made from the ledger at the end.
class FailureWatch {
 public:
  // An event of type `failure` if no attempt failed like this before.
  std::optional<JobEvent> first_of_its_kind(const AttemptRecord& attempt, std::uint32_t tries);

 private:
  runlog::FailureGroups groups_;
};

// Values that did not fit a column's type and became null, summed over workers
// (mltable-and-data.md 2.6).
class MisfitCounts {
 public:
  // True if the notice was about misfits and is counted.
  bool add(const std::string& notice);
  // One line per column: "score: column 'price': 12 values did not fit ...".
  std::vector<std::string> warnings(const std::string& step) const;

 private:
  struct Misfits {
    std::uint64_t count = 0;
    std::string type, place;                         // of the first one that was reported
    std::unordered_set<std::uint64_t> mini_batches;  // a retry tells of the same values again
  };
  std::map<std::string, Misfits> columns_;
};

// The event for any other notice of a worker of `step`: {"code": 6, "text": ...}, or a shutdown()
// that failed. Its text names the step.
JobEvent notice_event(const std::string& step, const std::string& notice);

}  // namespace batchmill::engine
