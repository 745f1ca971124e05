#include "engine/parallel_step.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/parallel_finish.h"
#include "engine/parallel_rules.h"
#include "engine/scheduler_wire.h"
#include "engine/whole_step.h"

namespace batchmill::engine {

namespace {

constexpr auto kTellEvery = std::chrono::seconds(2);  // the logs themselves take it every 10 s

double seconds_between(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

std::string worker_text(WorkerId worker) {
  return fmt::format("node {} {}", worker.node.value, process_name(worker.process));
}

}  // namespace

ParallelStep::ParallelStep(StepContext context, ParallelParts parts, StepRecord record,
                           bool recovered, Handlers handlers)
    : context_(std::move(context)),
      parts_(parts),
      record_(std::move(record)),
      handlers_(std::move(handlers)),
      recovered_(recovered),
      started_(context_.loop.now()),
      phase_since_(started_),
      nodes_(node_count(context_.step)),
      diary_(context_, parts_.pid, [this](const JobEvent& event) { handlers_.on_event(event); }),
      ledger_thread_(std::make_unique<Background>(context_.loop)),
      planning_({context_.loop, context_.files, parts_.bulk}) {}

ParallelStep::~ParallelStep() {
  context_.loop.cancel(timer_);
  context_.loop.cancel(progress_timer_);
}

const ParallelSpec& ParallelStep::spec() const {
  return std::get<ParallelSpec>(context_.step.spec);
}

// ---- preparing -------------------------------------------------------------------------------

void ParallelStep::start() {
  ledger_thread_->run([this] {
    SetupParts parts{parts_.ledgers, parts_.bulk, parts_.cores, parts_.gpus,
                     [this](MiniBatchId id) { return planning_.items_of(id); }};
    auto setup = set_up_parallel(context_, parts, recovered_);
    return [this, setup = std::make_shared<Result<ParallelSetup>>(std::move(setup))] {
      prepared(std::move(*setup));
    };
  });
}

void ParallelStep::prepared(Result<ParallelSetup> setup) {
  if (!setup) {
    end(failed_before_running(context_, setup.error().message));
    return;
  }
  setup_ = std::make_unique<ParallelSetup>(std::move(*setup));
  if (setup_->whole) {
    record_ = taken_whole(std::move(record_), context_.earlier->record);
    handlers_.on_record(record_);
    end(end_taken_whole(record_, setup_->whole));
    return;
  }
  record_.outputs = setup_->prepared.outputs;
  record_.settings = settings_json(setup_->settings);
  record_.status = JobStatus::kRunning;
  handlers_.on_record(record_);
  phase_since_ = context_.loop.now();
  diary_.open(*setup_);
  tell_progress();
  if (setup_->verdict) {  // a former leader saw the end of it, and was writing the results
    finish(*setup_->verdict);
    return;
  }
  phase_ = Phase::kRunning;
  const StepFolder folder = context_.job.step(context_.step.name);
  commits_.emplace(parts_.bulk, folder, *setup_->ledger,
                   runlog::AttemptLog(context_.files, runlog::LogTree(folder.logs()),
                                      spec().logging_level.value, parts_.pid));
  scheduler_ = std::move(setup_->scheduler);
  if (canceling_) feed(parallel::CancelRequested{});
  start_planning();
  if (const auto kept = nodes_.restore_seats(setup_->seats); !kept) {
    diary_.leader_warning(kept.error().message);
  }
  for (const auto& [node, hello] : hellos_) nodes_.present(node, has_our_workers(hello));
  use_nodes();
  take_up_early_messages();
}

// Agents greet a new leader and go on at once. What they said while the step was being prepared
// comes after their greeting, as they said it; else a lease that ended meanwhile would be taken for
// one that still runs.
void ParallelStep::take_up_early_messages() {
  for (auto& [node, message] : std::exchange(early_messages_, {})) {
    const std::uint64_t group = receive(node, message);
    context_.hub.taken_up(node, message.sequence(), group);
  }
}

// Also while nothing is committed for long: a log that falls silent looks like a step that hangs.
void ParallelStep::tell_progress() {
  diary_.progress(progress());
  progress_timer_ =
      context_.loop.call_at(context_.loop.now() + kTellEvery, [this] { tell_progress(); });
}

void ParallelStep::start_planning() {
  planning_.start(
      setup_->planning, *setup_->ledger, *ledger_thread_,
      {.on_grew = [this](const parallel::PlanGrew& grew) { feed(grew); },
       .on_complete =
           [this](const parallel::PlanComplete& complete) {
             diary_.planned(complete, context_.loop.now() - started_);
             feed(complete);
           },
       .on_failed = [this](const std::string& reason) { feed(parallel::PlanFailed{reason}); },
       .on_warnings = [this](const std::vector<std::string>& texts) { diary_.warn(texts); }});
}

// ---- events ----------------------------------------------------------------------------------

void ParallelStep::cancel() {
  if (std::exchange(canceling_, true)) return;
  planning_.stop();
  if (phase_ == Phase::kRunning) feed(parallel::CancelRequested{});
}

void ParallelStep::node_joined(const protocol::Hello& hello) {
  const NodeId node{hello.node()};
  hellos_[node] = hello;
  if (phase_ != Phase::kRunning) return;
  if (nodes_.uses(node)) {  // it lost its connection, and is back
    join_node(hello);
  } else {
    nodes_.present(node, has_our_workers(hello));
  }
  use_nodes();
}

bool ParallelStep::has_our_workers(const protocol::Hello& hello) const {
  return std::any_of(hello.workers().begin(), hello.workers().end(),
                     [this](const auto& live) { return live.step() == context_.step.name; });
}

// A leader that takes over hears of every node that is left before it chooses among them.
void ParallelStep::use_nodes() {
  const bool all_are_back = context_.hub.may_come_back() == 0;
  const std::vector<NodeId> taken = nodes_.take(recovered_ && !all_are_back);
  if (all_are_back) recovered_ = false;
  if (!taken.empty()) keep_seats();
  for (const NodeId node : taken) join_node(hellos_.at(node));
  if (all_are_back) feed(parallel::AllNodesBack{});
}

// The GPUs of a node go with its seat, and its workers keep theirs when the leader dies.
void ParallelStep::keep_seats() {
  if (setup_->machine.gpus.empty()) return;
  ledger_thread_->run([this, seats = nodes_.seats_text()] {
    (void)setup_->ledger->put_fact(kSeatsFact, seats);
    return [] {};
  });
}

void ParallelStep::join_node(const protocol::Hello& hello) {
  const NodeId node{hello.node()};
  diary_.node_joined(hello);
  for (const protocol::LiveWorker& live : hello.workers()) {
    if (live.step() == context_.step.name) name_process({node, live.process()}, live.pid());
  }
  watch_resources(node, std::chrono::seconds(spec().resource_monitor_interval_seconds.value));
  feed(engine::node_joined(context_.step.name, hello));
}

// Readings of a node go into this step's logs until it ends; an interval of 0 ends them.
void ParallelStep::watch_resources(NodeId node, Duration interval) {
  if (spec().resource_monitor_interval_seconds.value <= 0) return;
  protocol::ToAgent message;
  auto& watch = *message.mutable_watch_resources();
  watch.set_step(context_.step.name);
  watch.set_log_folder(context_.job.step(context_.step.name).logs());
  watch.set_interval_ns(interval.count());
  context_.hub.send(node, std::move(message));
}

void ParallelStep::node_lost(NodeId node, const std::string& reason) {
  hellos_.erase(node);
  std::erase_if(early_messages_, [node](const auto& each) { return each.first == node; });
  const bool used = nodes_.lost(node);
  std::erase_if(running_, [node](const auto& entry) { return entry.first.node == node; });
  if (phase_ != Phase::kRunning) return;
  if (used) {
    diary_.node_lost(node, reason);
    feed(parallel::NodeLost{node, reason});
  }
  use_nodes();
}

std::uint64_t ParallelStep::receive(NodeId node, protocol::ToLeader& message) {
  if (phase_ == Phase::kPreparing && message.sequence() != 0) {
    early_messages_.emplace_back(node, std::move(message));
    return kGroupLater;
  }
  if (phase_ != Phase::kRunning) return 0;
  diary_.heard(node, message);
  switch (message.body_case()) {
    case protocol::ToLeader::kResults: {
      auto& results = *message.mutable_results();
      const WorkerId worker{node, results.process()};
      for (auto& attempt : *results.mutable_attempts()) feed(from_wire(worker, std::move(attempt)));
      return last_group_ + 1;
    }
    case protocol::ToLeader::kHeartbeat:
      for (const protocol::Busy& busy : message.heartbeat().busy()) {
        if (busy.step() == context_.step.name) note_busy(node, busy);
      }
      return 0;
    case protocol::ToLeader::kWorkerStarting:
      name_process({node, message.worker_starting().process()}, message.worker_starting().pid());
      break;
    case protocol::ToLeader::kWorkerExited:
      running_.erase({node, message.worker_exited().process()});
      break;
    default:
      break;
  }
  if (const auto event = worker_event(node, message)) feed(*event);
  return 0;
}

void ParallelStep::name_process(WorkerId worker, std::int64_t pid) {
  if (pid == 0) return;  // it waits for a core
  ledger_thread_->run([this, worker, pid] {
    commits_->started(worker, pid);
    return [] {};
  });
}

void ParallelStep::note_busy(NodeId node, const protocol::Busy& busy) {
  const WorkerId worker{node, busy.process()};
  if (busy.running()) {
    running_[worker] = {worker_text(worker), busy.mini_batch(),
                        static_cast<double>(busy.running_ns()) / 1e9};
  } else {
    running_.erase(worker);
  }
  feed(from_wire(node, busy));
}

// ---- effects ---------------------------------------------------------------------------------

void ParallelStep::feed(const parallel::Event& event) {
  if (!scheduler_ || phase_ != Phase::kRunning) return;
  std::vector<parallel::Effect> effects;
  scheduler_->handle(event, context_.loop.now(), effects);
  carry_out(effects);
  set_timer();
}

void ParallelStep::carry_out(std::vector<parallel::Effect>& effects) {
  for (parallel::Effect& effect : effects) {
    std::visit([this](auto& concrete) { carry_out(concrete); }, effect);
  }
}

void ParallelStep::set_timer() {
  if (phase_ != Phase::kRunning) return;
  const TimePoint when = scheduler_->next_deadline();
  if (when == timer_at_) return;
  context_.loop.cancel(timer_);
  timer_at_ = when;
  timer_ = 0;
  if (when == kNever) return;
  timer_ = context_.loop.call_at(when, [this] {
    timer_ = 0;
    timer_at_ = kNever;
    feed(parallel::Tick{});
  });
}

void ParallelStep::carry_out(parallel::StartWorker& effect) {
  protocol::ToAgent message;
  const auto gpus = gpus_of_seat(setup_->machine.gpus, nodes_.seat(effect.worker.node).value_or(0),
                                 node_count(context_.step));
  fill_start_worker(context_, *setup_, effect.worker, gpus, *message.mutable_start_worker());
  context_.hub.send(effect.worker.node, std::move(message));
}

void ParallelStep::carry_out(parallel::StopWorker& effect) {
  context_.hub.send(effect.worker.node, order(context_.step.name, effect));
}

void ParallelStep::carry_out(parallel::Lease& effect) {
  context_.hub.send(effect.worker.node,
                    order(context_.step.name, effect, planning_.plan().mark.mini_batches));
}

void ParallelStep::carry_out(parallel::Revoke& effect) {
  context_.hub.send(effect.worker.node, order(context_.step.name, effect));
}

void ParallelStep::carry_out(parallel::KillAttempt& effect) {
  context_.hub.send(effect.worker.node, order(context_.step.name, effect));
}

void ParallelStep::carry_out(parallel::Commit& effect) {
  last_group_ = effect.group;
  auto group = std::make_shared<CommitGroup>();
  group->attempts = std::move(effect.attempts);
  group->lease_high_water = effect.lease_high_water;
  const std::uint64_t number = effect.group;
  ledger_thread_->run([this, group, number] {
    auto result = commits_->commit(*group);
    return [this, group, number, result = std::move(result)] {
      group_committed(number, result, group->attempts);
    };
  });
}

void ParallelStep::group_committed(std::uint64_t group, const Result<void>& result,
                                   const std::vector<AttemptRecord>& attempts) {
  if (!result) {
    feed(parallel::CommitFailed{group, result.error().message});
    return;
  }
  for (const AttemptRecord& attempt : attempts) estimate_.ran(attempt.outcome.run);
  diary_.committed(attempts, setup_->rules.max_retries + 1);
  handlers_.on_progress();
  context_.hub.committed(context_.step.name, group);
  feed(parallel::Committed{group});
  if (scheduler_) {
    const parallel::Tally& tally = scheduler_->tally();
    estimate_.committed(tally.succeeded + tally.failed, context_.loop.now());
  }
}

// ---- the end ---------------------------------------------------------------------------------

void ParallelStep::carry_out(parallel::Finish& effect) {
  planning_.stop();
  finish(effect);
}

void ParallelStep::finish(const parallel::Finish& verdict) {
  phase_ = Phase::kFinishing;
  phase_since_ = context_.loop.now();
  context_.loop.cancel(std::exchange(timer_, 0));
  running_.clear();
  if (verdict.verdict == parallel::Verdict::kCompleted && setup_->rows) diary_.concatenating();
  for (const NodeId node : nodes_.used()) watch_resources(node, Duration::zero());
  FinishRequest request{context_, parts_.bulk, *setup_, verdict, diary_.warnings(), record_};
  request.script_events = diary_.script_events();
  request.gpus = diary_.gpus();
  request.longest_init = diary_.longest_init();
  request.merged = [this](double fraction) {
    merged_permille_ = static_cast<int>(fraction * 1000);
  };
  ledger_thread_->run([this, request = std::move(request)]() mutable {
    auto result = finish_parallel(request);
    return [this, result = std::move(result)] { end(result); };
  });
}

void ParallelStep::end(const StepEnd& result) {
  phase_ = Phase::kEnded;
  context_.loop.cancel(std::exchange(progress_timer_, 0));
  const bool appended = result.status == JobStatus::kCompleted && setup_ && setup_->rows;
  diary_.ended(result, appended ? std::optional(result.rows) : std::nullopt, progress());
  if (!spec().copy_logs_to_parent.value) {
    handlers_.on_end(result);
    return;
  }
  ledger_thread_->run([this, result] {
    const auto copied = copy_logs();
    return [this, result, copied] {
      if (!copied) {
        diary_.leader_warning("the logs cannot be copied to the pipeline job: " +
                              copied.error().message);
      }
      handlers_.on_end(result);
    };
  });
}

// With copy_logs_to_parent, once the last line is written. A copy that fails harms no step.
Result<void> ParallelStep::copy_logs() {
  const std::string copy = context_.job.step_logs(context_.step.name);
  BM_TRY(context_.files.remove_tree(copy));
  BM_TRY(context_.files.make_folders(context_.job.step_logs("")));
  return context_.files.copy_tree(context_.job.step(context_.step.name).logs(), copy);
}

// ---- what readers see ------------------------------------------------------------------------

std::string ParallelStep::phase_name() const {
  if (phase_ == Phase::kFinishing) return "merging";
  if (!scheduler_ || phase_ != Phase::kRunning) return "waiting";
  const parallel::Tally& tally = scheduler_->tally();
  if (tally.succeeded + tally.failed > 0 || tally.workers_busy > 0) return "running";
  if (!context_.hub.has_node()) return "waiting for cores";
  if (planning_.plan().mark.mini_batches == 0) return "listing";
  return "starting workers";
}

StepProgress ParallelStep::progress() const {
  StepProgress progress;
  progress.step = context_.step.name;
  progress.kind = "parallel";
  progress.status = phase_ == Phase::kFinishing ? JobStatus::kFinalizing : JobStatus::kRunning;
  progress.phase = phase_name();
  const TimePoint now = context_.loop.now();
  progress.phase_since_s = seconds_between(phase_since_, now);
  progress.elapsed_s = seconds_between(started_, now);
  if (!scheduler_) return progress;
  const data::PlanProgress& plan = planning_.plan();
  const parallel::Tally& tally = scheduler_->tally();
  progress.mini_batches = {tally.succeeded + tally.failed, tally.failed, plan.mark.mini_batches,
                           plan.mark.complete};
  progress.items = {tally.items_succeeded + tally.items_failed, tally.items_failed,
                    tally.items_total, false};
  if (plan.items_known) {
    progress.items.total = plan.items;
    progress.items.total_known = plan.mark.complete;
  }
  progress.retried = tally.tries - std::min(tally.tries, tally.succeeded + tally.failed);
  progress.rate = estimate_.rate(now);
  progress.busy = tally.workers_busy;
  progress.ready = tally.workers_ready;
  progress.left_s =
      estimate_.left(plan.mark.mini_batches, plan.mark.complete, tally.workers_ready, now);
  progress.merged_fraction = merged_permille_ / 1000.0;
  for (const auto& [worker, attempt] : running_) progress.running.push_back(attempt);
  return progress;
}

}  // namespace batchmill::engine
