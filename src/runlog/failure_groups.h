#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/attempt.h"
#include "runlog/error_record.h"
#include "runlog/finished_mini_batches.h"

namespace batchmill::runlog {

// Failures that are the same to a reader: equal code, exception types and place, whatever the
// message (messages.md 3.1).
struct FailureGroup {
  int code = 0;
  std::vector<std::string> types;  // of the exception and of those that led to it
  std::optional<CodePlace> place;
  std::uint64_t mini_batches = 0;  // finally failed; one of which parts failed counts once
  std::uint64_t tries = 0;
  std::uint64_t open = 0;  // mini-batches with such a try that have neither succeeded nor failed
  std::uint64_t messages = 0;  // different ones; kMessagesTold stands for that many or more
  // The sample: the first mini-batch in plan order that failed finally, else the first that failed.
  std::uint64_t first_mini_batch = 0;
  std::uint16_t first_try = 1;
  WorkerId first_worker;
  ErrorRecord sample;

  static constexpr std::uint64_t kMessagesTold = 100;
};

// Kinds that are not shown one by one.
struct FailureRest {
  std::uint64_t kinds = 0, mini_batches = 0, tries = 0, open = 0;
};

// Groups failed attempts as they are committed, or as they are read back from the ledger. Constant
// time and memory per attempt: a failure like an earlier one costs a scan of its record, no
// parsing.
class FailureGroups {
 public:
  static constexpr std::size_t kKept = 1'000;

  // Every attempt in commit order; successes only tell that their mini-batch is over, cancelled and
  // forgotten attempts are ignored. True for the first failure of its kind.
  bool add(const AttemptRecord& attempt);

  // By finally failed mini-batches, then tries, most first; then by first mini-batch. Valid until
  // the next add().
  std::vector<const FailureGroup*> sorted() const;
  // What sorted() leaves out after its first `shown` groups, with the kinds beyond kKept (which
  // count as one).
  FailureRest rest_after(std::size_t shown) const;
  bool empty() const { return groups_.empty(); }

 private:
  struct Kept {
    FailureGroup group;
    // Final first, then mini-batch, first item, number of the try: the least is the sample.
    std::array<std::uint64_t, 4> sample_order{};
    std::unordered_set<std::uint64_t> messages;
  };
  std::size_t index_of(const AttemptRecord& attempt, std::uint64_t signature, bool& is_new);
  bool add_failure(const AttemptRecord& attempt);
  void close(std::uint64_t mini_batch);
  // Whether the attempt adds a finally failed mini-batch to the group.
  bool is_new_failure(const AttemptRecord& attempt, std::size_t group);
  static void count(Kept& kept, const AttemptRecord& attempt, std::uint64_t message, bool failed);

  std::vector<Kept> groups_;
  std::map<std::string, std::size_t> by_key_;
  std::unordered_map<std::uint64_t, std::size_t> by_signature_;
  // Groups by mini-batch: of its tries so far, and of the failed parts of a bisected one.
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> open_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> failed_parts_;
  FinishedMiniBatches finished_;
  FailureRest beyond_;
};

}  // namespace batchmill::runlog
