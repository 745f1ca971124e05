#include "parallel/simulation/journal.h"

#include <string_view>

#include <fmt/format.h>

namespace batchmill::parallel::simulation {
namespace {

// FNV-1a over numbers and texts.
class Digest {
 public:
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) byte(static_cast<unsigned char>(number >> (8 * i)));
  }
  void add(std::string_view text) {
    for (const char each : text) byte(static_cast<unsigned char>(each));
    add(text.size());
  }
  void add(WorkerId id) {
    add(id.node.value);
    add(id.process);
  }
  void add(const ItemRange& part) {
    add(part.first);
    add(part.count);
  }
  std::uint64_t value() const { return value_; }

 private:
  void byte(unsigned char each) { value_ = (value_ ^ each) * 0x100000001b3; }
  std::uint64_t value_ = 0xcbf29ce484222325;
};

void digest(Digest& into, const StartWorker& start) { into.add(start.worker); }

void digest(Digest& into, const StopWorker& stop) {
  into.add(stop.worker);
  into.add(std::uint64_t{stop.graceful});
}

void digest(Digest& into, const Lease& lease) {
  into.add(lease.worker);
  for (const LeaseRange& range : lease.ranges) {
    into.add(range.first.value);
    into.add(range.count);
    into.add(range.attempt);
    into.add(range.part);
  }
}

void digest(Digest& into, const Revoke& revoke) {
  into.add(revoke.worker);
  into.add(revoke.keep);
}

void digest(Digest& into, const KillAttempt& kill) {
  into.add(kill.worker);
  into.add(kill.mini_batch.value);
  into.add(static_cast<std::uint64_t>(kill.status));
}

void digest(Digest& into, const Commit& commit) {
  into.add(commit.group);
  into.add(commit.lease_high_water.value);
  for (const AttemptRecord& record : commit.attempts) {
    into.add(record.id.mini_batch.value);
    into.add(record.id.epoch.value);
    into.add(record.id.number);
    into.add(record.id.part);
    into.add(record.worker);
    into.add(static_cast<std::uint64_t>(record.outcome.status));
    into.add(record.outcome.total);
    into.add(record.outcome.succeeded);
    into.add(record.outcome.rows.offset);
    into.add(std::uint64_t{record.final} << 2 | std::uint64_t{record.rows_count} << 1 |
             std::uint64_t{record.split});
  }
}

void digest(Digest& into, const Finish& finish) {
  into.add(static_cast<std::uint64_t>(finish.verdict));
  into.add(static_cast<std::uint64_t>(finish.cause));
  into.add(finish.detail);
  into.add(finish.error);
}

std::uint64_t digest_of(const std::vector<Effect>& effects, const Scheduler& after) {
  Digest made;
  for (const Effect& each : effects) {
    made.add(each.index());
    std::visit([&](const auto& effect) { digest(made, effect); }, each);
  }
  made.add(static_cast<std::uint64_t>(after.next_deadline().time_since_epoch().count()));
  return made.value();
}

}  // namespace

void Journal::begin_life(Epoch epoch, const std::vector<AttemptRecord>& committed,
                         MiniBatchId high_water, TimePoint now) {
  lives_.push_back({epoch, committed, high_water, now, {}});
}

void Journal::add(const Event& event, TimePoint now, const std::vector<Effect>& effects,
                  const Scheduler& after) {
  lives_.back().entries.push_back({event, now, digest_of(effects, after)});
}

std::string Journal::replay(const StepRules& rules) const {
  std::vector<Effect> effects;
  for (const Life& life : lives_) {
    Scheduler again(rules, life.epoch, life.began);
    for (const AttemptRecord& record : life.committed) again.recover(record);
    again.recovered(life.high_water, life.began);
    for (std::size_t i = 0; i < life.entries.size(); ++i) {
      const Entry& entry = life.entries[i];
      effects.clear();
      again.handle(entry.event, entry.now, effects);
      if (digest_of(effects, again) == entry.digest) continue;
      return fmt::format("event {} of epoch {} has other effects when it is played again", i,
                         life.epoch.value);
    }
  }
  return "";
}

std::uint64_t Journal::digest() const {
  Digest made;
  for (const Life& life : lives_) {
    for (const Entry& entry : life.entries) made.add(entry.digest);
  }
  return made.value();
}

}  // namespace batchmill::parallel::simulation
