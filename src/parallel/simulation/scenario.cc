#include "parallel/simulation/scenario.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace batchmill::parallel::simulation {
namespace {

using namespace std::chrono_literals;

struct Pace {
  Duration shortest, longest;
};
constexpr std::array<Pace, 4> kPaces{{{1us, 5us}, {100us, 3ms}, {5ms, 50ms}, {200ms, 20s}}};

Deed any_failure(Random& random) {
  constexpr std::array<Deed, 6> kDeeds{Deed::kReturnShort, Deed::kRaise, Deed::kRaise,
                                       Deed::kFailToLoad,  Deed::kHang,  Deed::kCrash};
  return kDeeds[random.below(kDeeds.size())];
}

// Zero for most seeds, so that each fault is also seen alone.
double now_and_then(Random& random, double share, double most) {
  return random.chance(share) ? most * static_cast<double>(random.below(1000)) / 1000.0 : 0;
}

void choose_thresholds(StepRules& rules, std::uint64_t mini_batches, Random& random) {
  if (random.chance(0.3)) {
    rules.mini_batch_error_threshold =
        static_cast<std::int64_t>(random.below(mini_batches / 4 + 1));
  }
  if (random.chance(0.3)) {
    rules.error_threshold = static_cast<std::int64_t>(random.below(mini_batches + 1));
  }
  if (random.chance(0.3)) {
    rules.allowed_failed_percent = static_cast<double>(random.below(400)) / 10.0;
  }
}

}  // namespace

Scenario::Scenario(std::uint64_t seed_given) : seed(seed_given) {
  Random random(seed * 2654435761u + 17);
  mini_batches = random.chance(0.05) ? random.below(3) : random.between(3, 150);
  nodes = static_cast<std::uint32_t>(random.between(1, 4));
  rules.workers_per_node = static_cast<std::uint32_t>(random.between(1, 4));
  rules.max_retries = static_cast<std::uint32_t>(random.below(4));
  rules.count_check = random.chance(0.7);
  rules.expects_rows = random.chance(0.3);
  rules.allow_empty_input = random.chance(0.5);
  rules.items_of = [this](MiniBatchId id) { return items_of(id); };
  choose_thresholds(rules, mini_batches, random);
  plan_at_once = random.chance(0.5);
  const Pace pace = kPaces[random.below(kPaces.size())];
  shortest = pace.shortest;
  longest = pace.longest;
  stragglers = now_and_then(random, 0.3, 0.05);

  const double bad = now_and_then(random, 0.6, 0.4);
  for (std::uint64_t i = 0; i < mini_batches; ++i) {
    habits.push_back(random.chance(bad) ? any_failure(random) : Deed::kSucceed);
    const std::uint32_t items = items_of(MiniBatchId{i});
    culprits.push_back(1U << random.below(items));
    if (random.chance(0.3)) culprits.back() |= 1U << random.below(items);
    if (random.chance(0.1)) culprits.back() = (1U << items) - 1;
  }
  luck = now_and_then(random, 0.7, 0.8);
  bad_luck = now_and_then(random, 0.4, 0.1);
  init_always_fails = random.chance(0.01);
  script_is_broken = random.chance(0.01);
  init_failures = now_and_then(random, 0.2, 0.3);

  calm_after = random.duration(1s, 90s);
  leader_crashes = now_and_then(random, 0.5, 0.5);
  node_deaths = now_and_then(random, 0.4, 0.2);
  worker_deaths = now_and_then(random, 0.4, 0.5);
  connection_losses = now_and_then(random, 0.5, 0.5);
  if (longest < 100ms) {  // short steps: faults must be as dense as their work
    leader_crashes *= 40;
    node_deaths *= 40;
    worker_deaths *= 40;
    connection_losses *= 40;
    calm_after /= 40;
  }
  doubled = now_and_then(random, 0.4, 0.2);
  reordered = now_and_then(random, 0.3, 0.1);
  stalled = now_and_then(random, 0.2, 0.02);
  commit_failures = now_and_then(random, 0.03, 0.2);
  if (random.chance(0.06)) cancel_after = random.duration(1ms, 20s);
  choose_pace(random);
  if (random.chance(0.3)) resumes = static_cast<std::uint32_t>(random.between(1, 2));
}

void Scenario::choose_pace(Random& random) {
  rules.bisect = random.chance(0.3);
  rules.speculation = random.chance(0.3);
  if (random.chance(0.1)) rules.init_stagger = random.duration(1ms, 2s);
  if (random.chance(0.1)) {
    const double most = 1e9 / static_cast<double>(std::max<Duration>(shortest, 100us).count());
    rules.max_mini_batches_per_second = 0.5 + most * static_cast<double>(random.below(100)) / 100;
  }
  if (random.chance(0.1)) {
    rules.fixed_window = static_cast<std::uint32_t>(random.between(1, 12));
  }
  if (random.chance(0.15)) {
    rules.largest_first = true;
    std::vector<MiniBatchId> by_size;
    for (std::uint64_t i = 0; i < mini_batches; ++i) by_size.push_back(MiniBatchId{i});
    std::stable_sort(by_size.begin(), by_size.end(),
                     [this](MiniBatchId a, MiniBatchId b) { return items_of(a) > items_of(b); });
    order = std::make_shared<const std::vector<MiniBatchId>>(std::move(by_size));
  }
}

Run Scenario::run_of(const AttemptId& id, Random& random) const {
  Run run;
  run.takes = random.duration(shortest, longest);
  if (random.chance(stragglers)) run.takes *= 100;
  run.takes = std::min<Duration>(run.takes, rules.run_timeout - 1s);
  const std::uint32_t items = items_of(id);
  run.succeeded = items;
  const std::uint64_t whole = (std::uint64_t{1} << items) - 1;
  const bool meets_a_culprit = (culprits[id.mini_batch.value] & (whole << id.part.first)) != 0;
  const Deed habit = habits[id.mini_batch.value];
  if (habit != Deed::kSucceed && meets_a_culprit) {
    if (!random.chance(luck)) run.deed = habit;
  } else if (random.chance(bad_luck)) {
    run.deed = any_failure(random);
  }
  if (run.deed == Deed::kReturnShort) {
    run.succeeded = static_cast<std::uint32_t>(random.below(items));
  }
  return run;
}

std::uint32_t Scenario::items_of(MiniBatchId id) const {
  return static_cast<std::uint32_t>(1 + (id.value * 7 + seed) % 9);
}

std::uint32_t Scenario::items_of(const AttemptId& id) const {
  return id.part.is_whole() ? items_of(id.mini_batch) : id.part.count;
}

std::string Scenario::describe() const {
  return fmt::format(
      "seed {}: {} mini-batches, {} nodes x {} workers, {} retries, thresholds {} / {} / {} %, "
      "faults per second: leader {:.2f} node {:.2f} worker {:.2f} connection {:.2f}, "
      "doubled {:.2f} reordered {:.2f} stalled {:.2f}, stagger {} ms, rate {:.1f}, window {}{}{}{}",
      seed, mini_batches, nodes, rules.workers_per_node, rules.max_retries,
      rules.mini_batch_error_threshold, rules.error_threshold, rules.allowed_failed_percent,
      leader_crashes, node_deaths, worker_deaths, connection_losses, doubled, reordered, stalled,
      rules.init_stagger / 1ms, rules.max_mini_batches_per_second, rules.fixed_window,
      rules.largest_first ? ", largest first" : "", rules.bisect ? ", bisect" : "",
      rules.speculation ? ", speculation" : "");
}

}  // namespace batchmill::parallel::simulation
