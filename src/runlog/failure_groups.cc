#include "runlog/failure_groups.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/json_members.h"
#include "base/text.h"

namespace batchmill::runlog {

namespace {

constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);
constexpr std::size_t kSignaturesKept = 10'000;

struct Digest {
  std::uint64_t signature = 0;  // equal for records of the same kind; not the other way round
  std::uint64_t message = 0;
};

// What belongs to the one mini-batch stays out of the signature.
Digest digest_of(const AttemptRecord& attempt) {
  Digest digest;
  const std::string& error = attempt.outcome.error;
  digest.signature = static_cast<std::uint64_t>(attempt.outcome.status);
  const auto members = json_members(error);
  if (!members) return {xxh3(error, digest.signature), xxh3(error)};
  for (const JsonMember& member : *members) {
    if (member.key == "message") {
      digest.message = xxh3(member.value);
    } else if (member.key != "item" && member.key != "mini_batch" && member.key != "detail") {
      digest.signature = xxh3(member.key, digest.signature);
      digest.signature = xxh3(member.value, digest.signature);
    }
  }
  return digest;
}

std::vector<std::string> types_of(const ErrorRecord& record) {
  std::vector<std::string> types;
  if (!record.raised.type.empty()) types.push_back(record.raised.type);
  for (const RaisedException& earlier : record.chain) types.push_back(earlier.type);
  return types;
}

std::string key_of(const ErrorRecord& record) {
  const CodePlace place = record.raised.place.value_or(CodePlace{});
  return fmt::format("{}\x01{}\x01{}\x01{}\x01{}", record.code, join(types_of(record), "\x02"),
                     place.file, place.line, place.function);
}

bool is_failure(const AttemptRecord& attempt) {
  return attempt.outcome.status != AttemptStatus::kRunDone &&
         attempt.outcome.status != AttemptStatus::kCanceled && !attempt.forgotten;
}

// False when it was there.
bool add_once(std::vector<std::size_t>& numbers, std::size_t number) {
  if (std::ranges::find(numbers, number) != numbers.end()) return false;
  numbers.push_back(number);
  return true;
}

bool comes_before(const FailureGroup& a, const FailureGroup& b) {
  if (a.mini_batches != b.mini_batches) return a.mini_batches > b.mini_batches;
  if (a.tries != b.tries) return a.tries > b.tries;
  return a.first_mini_batch < b.first_mini_batch;
}

}  // namespace

bool FailureGroups::add(const AttemptRecord& attempt) {
  const std::uint64_t mini_batch = attempt.id.mini_batch.value;
  const bool is_finished = finished_.add(attempt).has_value();
  if (is_finished) close(mini_batch);
  bool is_new = false;
  if (is_failure(attempt)) is_new = add_failure(attempt);
  if (is_finished) failed_parts_.erase(mini_batch);
  return is_new;
}

bool FailureGroups::add_failure(const AttemptRecord& attempt) {
  const Digest digest = digest_of(attempt);
  bool is_new = false;
  const std::size_t index = index_of(attempt, digest.signature, is_new);
  const bool failed = is_new_failure(attempt, index);
  if (index == kNoGroup) {
    is_new = beyond_.kinds == 0;
    beyond_.kinds = 1;
    beyond_.tries += 1;
    beyond_.mini_batches += failed ? 1 : 0;
    return is_new;
  }
  count(groups_[index], attempt, digest.message, failed);
  if (!attempt.final && add_once(open_[attempt.id.mini_batch.value], index)) {
    groups_[index].group.open += 1;
  }
  return is_new;
}

void FailureGroups::close(std::uint64_t mini_batch) {
  const auto found = open_.find(mini_batch);
  if (found == open_.end()) return;
  for (const std::size_t index : found->second) groups_[index].group.open -= 1;
  open_.erase(found);
}

bool FailureGroups::is_new_failure(const AttemptRecord& attempt, std::size_t group) {
  if (!attempt.final) return false;
  if (attempt.id.part.is_whole()) return true;
  return add_once(failed_parts_[attempt.id.mini_batch.value], group);
}

std::size_t FailureGroups::index_of(const AttemptRecord& attempt, std::uint64_t signature,
                                    bool& is_new) {
  if (const auto known = by_signature_.find(signature); known != by_signature_.end()) {
    return known->second;
  }
  ErrorRecord record = error_record_of(attempt);
  const auto [entry, inserted] = by_key_.try_emplace(key_of(record), groups_.size());
  if (inserted && groups_.size() == kKept) {
    by_key_.erase(entry);
    return kNoGroup;
  }
  const std::size_t index = entry->second;
  if (inserted) {
    is_new = true;
    FailureGroup group;
    group.code = record.code;
    group.types = types_of(record);
    group.place = record.raised.place;
    groups_.push_back({std::move(group), {}, {}});
  }
  if (by_signature_.size() < kSignaturesKept) by_signature_.emplace(signature, index);
  return index;
}

void FailureGroups::count(Kept& kept, const AttemptRecord& attempt, std::uint64_t message,
                          bool failed) {
  FailureGroup& group = kept.group;
  if (kept.messages.size() < FailureGroup::kMessagesTold) kept.messages.insert(message);
  group.messages = kept.messages.size();
  group.mini_batches += failed ? 1 : 0;
  const std::uint64_t mini_batch = attempt.id.mini_batch.value;
  const std::array<std::uint64_t, 4> order = {attempt.final ? 0U : 1U, mini_batch,
                                              attempt.id.part.first, attempt.id.number};
  const bool is_better = group.tries == 0 || order < kept.sample_order;
  group.tries += 1;
  if (!is_better) return;
  kept.sample_order = order;
  group.first_mini_batch = mini_batch;
  group.first_try = attempt.id.number;
  group.first_worker = attempt.worker;
  group.sample = error_record_of(attempt);
}

std::vector<const FailureGroup*> FailureGroups::sorted() const {
  std::vector<const FailureGroup*> sorted;
  sorted.reserve(groups_.size());
  for (const Kept& kept : groups_) sorted.push_back(&kept.group);
  std::ranges::stable_sort(
      sorted, [](const FailureGroup* a, const FailureGroup* b) { return comes_before(*a, *b); });
  return sorted;
}

FailureRest FailureGroups::rest_after(std::size_t shown) const {
  FailureRest rest = beyond_;
  const auto all = sorted();
  for (std::size_t i = shown; i < all.size(); ++i) {
    rest.kinds += 1;
    rest.mini_batches += all[i]->mini_batches;
    rest.tries += all[i]->tries;
    rest.open += all[i]->open;
  }
  return rest;
}

}  // namespace batchmill::runlog
