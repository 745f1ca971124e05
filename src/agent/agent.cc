#include "agent/agent.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "protocol/versions.h"

namespace batchmill::agent {

namespace {

// A worker that begins is shown soon, but a busy agent beats at most five times a second.
constexpr Duration kSoon = std::chrono::milliseconds(20);
constexpr Duration kBetweenBeats = std::chrono::milliseconds(200);
// Steps that nobody wants any more, and the end of the agent.
constexpr Duration kDropGrace = std::chrono::seconds(1);
constexpr Duration kEndLimit = std::chrono::seconds(5);

template <typename Names>
bool contains(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

Agent::Agent(AgentSettings settings, AgentTools tools)
    : settings_(std::move(settings)),
      loop_(tools.loop),
      processes_(tools.processes),
      log_(tools.log),
      parts_{tools.loop,  tools.processes,
             tools.links, tools.files,
             tools.log,   tools.oom_kills,
             {},          {tools.loop, tools.memory_thread, tools.memory}},
      cores_(tools.loop, tools.cores),
      resources_(tools.loop, {tools.files, tools.resources, tools.gpus, tools.resource_thread},
                 settings_.node, [this](const std::string& step) { return workers_of(step); }),
      leader_(tools.loop, tools.dialer, tools.log, settings_.socket_path) {}

Agent::~Agent() {
  for (const Loop::Timer timer : {poll_timer_, beat_timer_, sweep_timer_, end_timer_}) {
    loop_.cancel(timer);
  }
}

void Agent::start() {
  log_.line(fmt::format("agent of node {} starts, pid {}", settings_.node.value, settings_.pid));
  Processes::Handlers handlers;
  handlers.on_started = [this](std::uint64_t id, int pid) {
    if (Spawned* spawned = find_spawned(id)) spawned->on_started(pid);
  };
  handlers.on_start_failed = [this](std::uint64_t id, const Error& error) {
    if (Spawned* spawned = find_spawned(id)) spawned->on_start_failed(error);
  };
  handlers.on_exit = [this](const SpawnExit& exit) {
    if (Spawned* spawned = find_spawned(exit.id)) spawned->on_exit(exit);
  };
  handlers.on_spawner_died = [this] {
    log_.line("the spawner died");
    ended_by_ = AgentEnd::kSpawnerLost;
    loop_.stop();
  };
  processes_.start(std::move(handlers));
  leader_.start(
      {.make_hello = [this] { return hello(); },
       .on_message = [this](protocol::ToAgent&& message) { on_message(std::move(message)); },
       .patience =
           [this] {
             return has_something_to_keep() ? settings_.patience
                                            : std::min(settings_.patience, settings_.idle_patience);
           },
       .on_given_up = [this] { end_all(AgentEnd::kLeaderLost); }});
  beat_at(loop_.now() + settings_.heartbeat);
}

// ---- what workers tell -----------------------------------------------------------------------

void Agent::report(protocol::ToLeader&& message) { leader_.report(std::move(message)); }

void Agent::worker_began(const WorkerKey&) {
  beat_at(std::max(loop_.now() + kSoon, last_beat_ + kBetweenBeats));
}

void Agent::worker_gone(const WorkerKey&) { sweep_later(); }

void Agent::look_at(TimePoint when) {
  if (when >= poll_at_) return;
  loop_.cancel(poll_timer_);
  poll_at_ = when;
  poll_timer_ = loop_.call_at(when, [this] { poll_workers(); });
}

void Agent::poll_workers() {
  poll_at_ = kNever;
  const TimePoint now = loop_.now();
  TimePoint next = kNever;
  for (auto& [key, worker] : workers_) {
    worker->poll_if_due(now);
    next = std::min(next, worker->next_poll());
  }
  look_at(next);
}

// ---- what the leader orders ------------------------------------------------------------------

protocol::Hello Agent::hello() const {
  protocol::Hello hello;
  hello.set_version(kChannelVersion);
  hello.set_node(settings_.node.value);
  hello.set_pid(settings_.pid);
  hello.set_cores(cores_.usable_cores());
  hello.set_host(settings_.host);
  hello.set_highest_epoch(highest_epoch_.value);
  hello.set_first_unacknowledged(leader_.outbox().first_unacknowledged());
  for (const auto& [key, worker] : workers_) {
    if (!worker->is_gone()) *hello.add_workers() = worker->live();
  }
  for (const auto& [id, command] : commands_) {
    if (!command->is_gone()) hello.add_commands(id);
  }
  for (const auto& [step, next] : next_processes_) {
    auto& processes = *hello.add_processes();
    processes.set_step(step);
    processes.set_next_process(next);
  }
  return hello;
}

void Agent::on_message(protocol::ToAgent&& message) {
  const Epoch epoch{message.epoch()};
  if (epoch < highest_epoch_) {
    return log_.line(fmt::format("refused an order of epoch {}: {} is known", epoch.value,
                                 highest_epoch_.value));
  }
  highest_epoch_ = epoch;
  if (ending_) return;
  switch (message.body_case()) {
    case protocol::ToAgent::kWelcome:
      return on(message.welcome());
    case protocol::ToAgent::kStartWorker:
      return on(message.start_worker());
    case protocol::ToAgent::kStopWorker:
      return on(message.stop_worker());
    case protocol::ToAgent::kLease:
      return on(message.lease(), epoch);
    case protocol::ToAgent::kRevoke:
      return on(message.revoke());
    case protocol::ToAgent::kKillAttempt:
      return on(message.kill_attempt());
    case protocol::ToAgent::kStartCommand:
      return on(message.start_command());
    case protocol::ToAgent::kKillCommand:
      return on(message.kill_command());
    case protocol::ToAgent::kGoodbye:
      log_.line("the job is over");
      return end_all(AgentEnd::kGoodbye);
    case protocol::ToAgent::kWatchResources:
      return on(message.watch_resources());
    case protocol::ToAgent::kAcknowledge:
    case protocol::ToAgent::BODY_NOT_SET:
      return;
  }
}

void Agent::on(const protocol::Welcome& message) {
  log_.line(fmt::format("welcomed by the leader of epoch {}", highest_epoch_.value));
  leader_.welcomed();
  resources_.keep_only(
      [&message](const std::string& step) { return contains(message.live_steps(), step); });
  for (auto& [key, worker] : workers_) {
    if (!contains(message.live_steps(), key.first)) stop_worker(*worker, false, kDropGrace);
  }
  for (auto& [id, command] : commands_) {
    if (!contains(message.live_commands(), id)) kill_command(*command, kDropGrace);
  }
}

void Agent::on(const protocol::StartWorker& message) {
  WorkerKey key(message.step(), message.process());
  if (workers_.contains(key)) return;
  std::uint32_t& next_process = next_processes_[message.step()];
  next_process = std::max(next_process, message.process() + 1);
  WorkerOwner& owner = *this;
  auto worker =
      std::make_unique<WorkerProcess>(message, settings_.node, ++last_spawn_id_, parts_, owner);
  WorkerProcess* started = worker.get();
  spawned_[last_spawn_id_] = started;
  workers_.emplace(std::move(key), std::move(worker));
  if (message.without_core()) return started->start(nullptr);
  cores_.request(last_spawn_id_,
                 [started](std::unique_ptr<CoreSlot> slot) { started->start(std::move(slot)); });
}

void Agent::on(const protocol::StopWorker& message) {
  if (WorkerProcess* worker = find_worker(message.step(), message.process())) {
    stop_worker(*worker, message.graceful(), Duration(message.grace_ns()));
  }
}

void Agent::on(const protocol::Lease& message, Epoch epoch) {
  if (WorkerProcess* worker = find_worker(message.step(), message.process())) {
    return worker->lease(message, epoch);
  }
  // The worker died while this was on its way.
  protocol::ToLeader returned;
  auto& body = *returned.mutable_leases_returned();
  body.set_step(message.step());
  body.set_process(message.process());
  body.set_epoch(epoch.value);
  *body.mutable_ranges() = message.ranges();
  report(std::move(returned));
}

void Agent::on(const protocol::Revoke& message) {
  if (WorkerProcess* worker = find_worker(message.step(), message.process())) {
    worker->revoke(message.keep());
  }
}

void Agent::on(const protocol::KillAttempt& message) {
  if (WorkerProcess* worker = find_worker(message.step(), message.process())) {
    worker->kill_attempt(MiniBatchId{message.mini_batch()},
                         ItemRange{message.part_first(), message.part_count()},
                         static_cast<AttemptStatus>(message.status()));
  }
}

void Agent::on(const protocol::StartCommand& message) {
  // A new leader may not know yet that the command has ended: the replay tells it.
  if (commands_.contains(message.id()) || is_reported(message.id())) return;
  auto command = std::make_unique<CommandProcess>(
      message, ++last_spawn_id_, parts_,
      [this](protocol::ToLeader&& told) { report(std::move(told)); }, [this] { sweep_later(); });
  CommandProcess* started = command.get();
  spawned_[last_spawn_id_] = started;
  commands_.emplace(message.id(), std::move(command));
  cores_.request(last_spawn_id_,
                 [started](std::unique_ptr<CoreSlot> slot) { started->start(std::move(slot)); });
}

void Agent::on(const protocol::KillCommand& message) {
  const auto command = commands_.find(message.id());
  if (command != commands_.end()) kill_command(*command->second, Duration(message.grace_ns()));
}

void Agent::on(const protocol::WatchResources& message) {
  resources_.watch(message.step(), message.log_folder(), Duration(message.interval_ns()));
}

// ---- workers and commands --------------------------------------------------------------------

WorkerProcess* Agent::find_worker(const std::string& step, std::uint32_t process) {
  const auto worker = workers_.find({step, process});
  return worker == workers_.end() || worker->second->is_gone() ? nullptr : worker->second.get();
}

std::vector<ResourceLog::Worker> Agent::workers_of(const std::string& step) const {
  std::vector<ResourceLog::Worker> workers;
  for (const auto& [key, worker] : workers_) {
    if (key.first == step && worker->pid() != 0) workers.push_back({key.second, worker->pid()});
  }
  return workers;
}

Spawned* Agent::find_spawned(std::uint64_t id) {
  const auto found = spawned_.find(id);
  return found == spawned_.end() ? nullptr : found->second;
}

void Agent::stop_worker(WorkerProcess& worker, bool graceful, Duration grace) {
  if (worker.is_waiting()) cores_.withdraw(worker.spawn_id());
  worker.stop(graceful, grace);
}

void Agent::kill_command(CommandProcess& command, Duration grace) {
  cores_.withdraw(command.spawn_id());
  command.kill(grace);
}

bool Agent::is_reported(const std::string& command) const {
  const auto& kept = leader_.outbox().kept();
  return std::any_of(kept.begin(), kept.end(), [&command](const protocol::ToLeader& message) {
    return message.has_command_exited() && message.command_exited().id() == command;
  });
}

// Whether a leader that comes back would miss us.
bool Agent::has_something_to_keep() const {
  return !workers_.empty() || !commands_.empty() || leader_.outbox().keeps_outcomes();
}

void Agent::sweep_later() {
  loop_.cancel(sweep_timer_);
  sweep_timer_ = loop_.call_at(loop_.now(), [this] { sweep(); });
}

void Agent::sweep() {
  const auto forget = [this](const auto& entry) {
    if (!entry.second->is_gone()) return false;
    spawned_.erase(entry.second->spawn_id());
    return true;
  };
  std::erase_if(workers_, forget);
  std::erase_if(commands_, forget);
  cores_.look_again();
  if (ending_ && workers_.empty() && commands_.empty()) loop_.stop();
}

void Agent::end_all(AgentEnd why) {
  if (ending_) return;
  ending_ = true;
  ended_by_ = why;
  resources_.keep_only([](const std::string&) { return false; });
  for (auto& [key, worker] : workers_) stop_worker(*worker, false, kDropGrace);
  for (auto& [id, command] : commands_) kill_command(*command, kDropGrace);
  // What does not end even so is the spawner's to end when this process is gone.
  end_timer_ = loop_.call_at(loop_.now() + kEndLimit, [this] { loop_.stop(); });
  sweep_later();
}

// ---- heartbeats ------------------------------------------------------------------------------

void Agent::beat_at(TimePoint when) {
  if (when >= beat_at_) return;
  loop_.cancel(beat_timer_);
  beat_at_ = when;
  beat_timer_ = loop_.call_at(when, [this] { beat(); });
}

void Agent::beat() {
  beat_at_ = kNever;
  last_beat_ = loop_.now();
  protocol::Heartbeat heartbeat;
  for (auto& [key, worker] : workers_) {
    if (auto busy = worker->busy(last_beat_)) *heartbeat.add_busy() = std::move(*busy);
  }
  leader_.beat(heartbeat);
  beat_at(last_beat_ + settings_.heartbeat);
}

}  // namespace batchmill::agent
