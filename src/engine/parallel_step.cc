#include "engine/parallel_step.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/attempt_wire.h"
#include "engine/parallel_finish.h"
#include "engine/parallel_rules.h"
#include "runlog/error_record.h"
#include "runlog/failure_text.h"

namespace batchmill::engine {

namespace {

constexpr auto kTellEvery = std::chrono::seconds(2);  // the logs themselves take it every 10 s
constexpr auto kShutdownGrace = std::chrono::seconds(30);
// A script whose init() keeps failing for hours must not fill the leader's memory.
constexpr std::size_t kMostScriptEvents = 10'000;

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
      ledger_thread_(std::make_unique<Background>(context_.loop)),
      planning_thread_(std::make_unique<Background>(context_.loop)) {}

ParallelStep::~ParallelStep() {
  stop_planning_ = true;
  context_.loop.cancel(timer_);
  context_.loop.cancel(log_timer_);
}

const ParallelSpec& ParallelStep::spec() const {
  return std::get<ParallelSpec>(context_.step.spec);
}

// ---- preparing -------------------------------------------------------------------------------

void ParallelStep::start() {
  ledger_thread_->run([this] {
    SetupParts parts{parts_.ledgers, parts_.bulk, parts_.cores, parts_.gpus,
                     [this](MiniBatchId id) { return planned_items(id); }};
    auto setup = set_up_parallel(context_, parts, recovered_);
    return [this, setup = std::make_shared<Result<ParallelSetup>>(std::move(setup))] {
      prepared(std::move(*setup));
    };
  });
}

void ParallelStep::prepared(Result<ParallelSetup> setup) {
  if (!setup) {
    fail(setup.error().message);
    return;
  }
  setup_ = std::make_unique<ParallelSetup>(std::move(*setup));
  record_.outputs = setup_->prepared.outputs;
  record_.settings = settings_json(setup_->settings);
  record_.status = JobStatus::kRunning;
  handlers_.on_record(record_);
  warnings_ = setup_->warnings;
  phase_since_ = context_.loop.now();
  open_logs();
  tell_taken_over();
  if (setup_->verdict) {  // a former leader saw the end of it, and was writing the results
    finish(*setup_->verdict);
    return;
  }
  phase_ = Phase::kRunning;
  scheduler_ = std::move(setup_->scheduler);
  if (canceling_) feed(parallel::CancelRequested{});
  start_planning();
  if (const auto kept = nodes_.restore_seats(setup_->seats); !kept) {
    log_->leader(context_.loop.wall_now(), "WARNING", kept.error().message);
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

void ParallelStep::tell_taken_over() {
  if (setup_->taken_over.empty()) return;
  JobEvent event;
  event.type = "notice";
  event.level = "notice";
  event.step = context_.step.name;
  event.text = fmt::format("{}: {}", context_.step.name, setup_->taken_over);
  handlers_.on_event(event);
}

void ParallelStep::open_logs() {
  const auto& spec = std::get<ParallelSpec>(context_.step.spec);
  const WallTime now = context_.loop.wall_now();
  runlog::StepLogPlan plan{context_.job.step(context_.step.name),
                           context_.step.name,
                           context_.job_name,
                           spec.logging_level.value,
                           spec.metrics_name_prefix.value,
                           "",
                           parts_.pid};
  if (spec.push_metrics_to_parent.value) plan.parent_metrics = context_.job.metrics();
  attempt_log_.emplace(context_.files, runlog::LogTree(plan.folder.logs()),
                       spec.logging_level.value, parts_.pid);
  log_.emplace(context_.files, std::move(plan), now);
  log_->begun(now);
  log_->settings(now, setup_->settings);
  if (!setup_->taken_over.empty()) log_->leader(now, "INFO", setup_->taken_over);
  tell_progress();
}

// Also while nothing is committed for long: a log that falls silent looks like a step that hangs.
void ParallelStep::tell_progress() {
  log_->progress(context_.loop.wall_now(), progress());
  log_timer_ = context_.loop.call_at(context_.loop.now() + kTellEvery, [this] { tell_progress(); });
}

void ParallelStep::start_planning() {
  planning_thread_->run([this] {
    data::Planner planner(context_.files, parts_.bulk, context_.loop);
    auto result = planner.run(setup_->planning, [this](const data::PlanProgress& progress) {
      planning_thread_->post([this, progress] { plan_grew(progress); });
      return !stop_planning_;
    });
    return [this, result = std::move(result)] { plan_ended(result); };
  });
}

// A mini-batch is leased only when the ledger knows the plan that it belongs to: a restarted leader
// must come to the same one.
void ParallelStep::plan_grew(const data::PlanProgress& progress) {
  if (phase_ != Phase::kRunning) return;
  ledger_thread_->run([this, progress] {
    auto marked = setup_->ledger->mark_plan(progress.mark);
    return [this, progress, marked = std::move(marked)] {
      if (phase_ != Phase::kRunning) return;
      if (!marked) {
        fail_planning("cannot write the ledger: " + marked.error().message);
        return;
      }
      if (plan_.mark.complete) return;
      plan_ = progress;
      feed(parallel::PlanGrew{plan_.mark.mini_batches});
      if (plan_.mark.complete) plan_completed();
    };
  });
}

// The order of the mini-batches, where one is wanted, is known a little later than the last of
// them.
void ParallelStep::plan_completed() {
  if (phase_ != Phase::kRunning || (setup_->rules.largest_first && !order_)) return;
  log_->scheduled(context_.loop.wall_now(), plan_.mark.mini_batches, plan_.items,
                  context_.loop.now() - started_);
  feed(parallel::PlanComplete{plan_.mark.mini_batches, plan_.items, order_});
}

void ParallelStep::plan_ended(const Result<data::PlanResult>& result) {
  if (phase_ != Phase::kRunning || canceling_) return;
  if (!result) {
    fail_planning(result.error().message);
    return;
  }
  warnings_.insert(warnings_.end(), result->warnings.begin(), result->warnings.end());
  order_ = result->order;
  if (!plan_.mark.complete) {
    plan_grew(result->total);
  } else if (setup_->rules.largest_first) {
    plan_completed();
  }
}

// Items of a mini-batch by the plan; rows of a table are not known before they are read.
std::uint32_t ParallelStep::planned_items(MiniBatchId id) {
  if (!plan_.items_known || id.value >= plan_.mark.mini_batches) return 0;
  if (!manifest_ || id.value >= manifest_->mini_batches()) {
    auto opened =
        data::ManifestReader::open(context_.files, parts_.bulk, setup_->planning.manifest_folder);
    if (!opened || id.value >= opened->mini_batches()) return 0;
    manifest_ = std::move(*opened);
  }
  return static_cast<std::uint32_t>(manifest_->items(id.value));
}

void ParallelStep::fail_planning(const std::string& reason) { feed(parallel::PlanFailed{reason}); }

// ---- events ----------------------------------------------------------------------------------

void ParallelStep::cancel() {
  if (std::exchange(canceling_, true)) return;
  stop_planning_ = true;
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
  parallel::NodeJoined joined;
  joined.node = NodeId{hello.node()};
  for (const protocol::StepProcesses& numbers : hello.processes()) {
    if (numbers.step() == context_.step.name) joined.next_process = numbers.next_process();
  }
  for (const protocol::LiveWorker& live : hello.workers()) {
    if (live.step() != context_.step.name) continue;
    parallel::AdoptedWorker adopted;
    adopted.worker = {joined.node, live.process()};
    adopted.ready = live.state() == 1;
    adopted.leases = from_wire(live.ranges());
    adopted.lease_epoch = Epoch{live.lease_epoch()};
    joined.adopted.push_back(std::move(adopted));
  }
  log_->node_joined(context_.loop.wall_now(), joined.node);
  watch_resources(joined.node,
                  std::chrono::seconds(spec().resource_monitor_interval_seconds.value));
  feed(joined);
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
  if (used) lose_node(node, reason);
  use_nodes();
}

void ParallelStep::lose_node(NodeId node, const std::string& reason) {
  JobEvent event;
  event.type = "notice";
  event.code = 922;
  event.level = "warning";
  event.step = context_.step.name;
  event.text = fmt::format("{}; its mini-batches go back uncharged", reason);
  handlers_.on_event(event);
  log_->node(context_.loop.wall_now(), node, "ERROR", event.text);
  feed(parallel::NodeLost{node, reason});
}

std::uint64_t ParallelStep::receive(NodeId node, protocol::ToLeader& message) {
  if (phase_ == Phase::kPreparing && message.sequence() != 0) {
    early_messages_.emplace_back(node, std::move(message));
    return kGroupLater;
  }
  if (phase_ != Phase::kRunning) return 0;
  switch (message.body_case()) {
    case protocol::ToLeader::kResults: {
      auto& results = *message.mutable_results();
      const WorkerId worker{node, results.process()};
      for (auto& attempt : *results.mutable_attempts()) feed(from_wire(worker, std::move(attempt)));
      return last_group_ + 1;
    }
    case protocol::ToLeader::kWorkerStarting:
      init_began_[{node, message.worker_starting().process()}] = context_.loop.wall_now();
      log_worker({node, message.worker_starting().process()}, "INFO", "started");
      feed(parallel::WorkerStarting{{node, message.worker_starting().process()}});
      return 0;
    case protocol::ToLeader::kWorkerReady:
      note_script({node, message.worker_ready().process()}, "ENTRY_SCRIPT_INIT_DONE",
                  Duration(message.worker_ready().init_ns()), "");
      feed(parallel::WorkerReady{{node, message.worker_ready().process()}});
      return 0;
    case protocol::ToLeader::kWorkerFailed: {
      auto& failed = *message.mutable_worker_failed();
      note_script({node, failed.process()}, "ENTRY_SCRIPT_INIT_EXCEPTION", {}, failed.error());
      feed(parallel::WorkerFailed{{node, failed.process()},
                                  static_cast<parallel::InitFailure>(failed.kind()),
                                  std::move(*failed.mutable_error())});
      return 0;
    }
    case protocol::ToLeader::kWorkerExited:
      running_.erase({node, message.worker_exited().process()});
      log_worker({node, message.worker_exited().process()},
                 message.worker_exited().asked() ? "INFO" : "WARNING",
                 fmt::format("ended, return code {}", message.worker_exited().signal() != 0
                                                          ? -message.worker_exited().signal()
                                                          : message.worker_exited().exit_code()));
      feed(parallel::WorkerExited{{node, message.worker_exited().process()},
                                  message.worker_exited().asked()});
      return 0;
    case protocol::ToLeader::kLeasesReturned: {
      const auto& returned = message.leases_returned();
      feed(parallel::LeasesReturned{
          {node, returned.process()}, Epoch{returned.epoch()}, from_wire(returned.ranges())});
      return 0;
    }
    case protocol::ToLeader::kWorkerNotice:
      show_notice({node, message.worker_notice().process()}, message.worker_notice().notice());
      return 0;
    case protocol::ToLeader::kHeartbeat:
      for (const protocol::Busy& busy : message.heartbeat().busy()) {
        if (busy.step() == context_.step.name) note_busy(node, busy);
      }
      return 0;
    default:
      return 0;
  }
}

void ParallelStep::note_busy(NodeId node, const protocol::Busy& busy) {
  const WorkerId worker{node, busy.process()};
  if (busy.running()) {
    running_[worker] = {worker_text(worker), busy.mini_batch(),
                        static_cast<double>(busy.running_ns()) / 1e9};
  } else {
    running_.erase(worker);
  }
  feed(parallel::WorkerBusy{worker, busy.queued(), busy.running(), MiniBatchId{busy.mini_batch()},
                            Duration(busy.running_ns())});
}

void ParallelStep::log_worker(WorkerId worker, std::string_view level, const std::string& what) {
  if (!log_) return;
  log_->node(context_.loop.wall_now(), worker.node, level,
             fmt::format("{} {}", process_name(worker.process), what));
}

void ParallelStep::note_script(WorkerId worker, const char* status, Duration elapsed,
                               std::string error) {
  const WallTime now = context_.loop.wall_now();
  longest_init_ = std::max(longest_init_, elapsed);
  log_worker(worker, error.empty() ? "INFO" : "ERROR",
             error.empty() ? status
                           : fmt::format("{}: {}", status,
                                         runlog::failure_line(runlog::parse_error_record(error))));
  if (script_events_.size() >= kMostScriptEvents) return;
  const auto began = init_began_.find(worker);
  script_events_.push_back({worker,
                            began == init_began_.end() ? now : began->second,
                            {},
                            "ENTRY_SCRIPT_INIT_START",
                            ""});
  script_events_.push_back({worker, now, elapsed, status, std::move(error)});
}

void ParallelStep::show_notice(WorkerId worker, const std::string& text) {
  if (misfits_.add(text)) return;
  if (!seen_notices_.insert(text).second) return;
  const JobEvent event = notice_event(context_.step.name, text);
  if (event.level == "warning") {
    log_->worker_warning(context_.loop.wall_now(), worker, event.text);
  }
  handlers_.on_event(event);
  if (event.level == "warning") warnings_.push_back(event.text);
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
  protocol::ToAgent message;
  auto& stop = *message.mutable_stop_worker();
  stop.set_step(context_.step.name);
  stop.set_process(effect.worker.process);
  stop.set_graceful(effect.graceful);
  stop.set_grace_ns(Duration(kShutdownGrace).count());
  context_.hub.send(effect.worker.node, std::move(message));
}

void ParallelStep::carry_out(parallel::Lease& effect) {
  protocol::ToAgent message;
  auto& lease = *message.mutable_lease();
  lease.set_step(context_.step.name);
  lease.set_process(effect.worker.process);
  lease.set_planned(plan_.mark.mini_batches);
  to_wire(effect.ranges, *lease.mutable_ranges());
  context_.hub.send(effect.worker.node, std::move(message));
}

void ParallelStep::carry_out(parallel::Revoke& effect) {
  protocol::ToAgent message;
  auto& revoke = *message.mutable_revoke();
  revoke.set_step(context_.step.name);
  revoke.set_process(effect.worker.process);
  revoke.set_keep(effect.keep);
  context_.hub.send(effect.worker.node, std::move(message));
}

void ParallelStep::carry_out(parallel::KillAttempt& effect) {
  protocol::ToAgent message;
  auto& kill = *message.mutable_kill_attempt();
  kill.set_step(context_.step.name);
  kill.set_process(effect.worker.process);
  kill.set_mini_batch(effect.mini_batch.value);
  kill.set_status(static_cast<std::uint32_t>(effect.status));
  kill.set_part_first(effect.part.first);
  kill.set_part_count(effect.part.count);
  context_.hub.send(effect.worker.node, std::move(message));
}

void ParallelStep::carry_out(parallel::Commit& effect) {
  last_group_ = effect.group;
  auto group = std::make_shared<CommitGroup>();
  group->attempts = std::move(effect.attempts);
  group->lease_high_water = effect.lease_high_water;
  const std::uint64_t number = effect.group;
  ledger_thread_->run([this, group, number] {
    auto result = commit_durably(*group);
    return [this, group, number, result = std::move(result)] {
      group_committed(number, result, group->attempts);
    };
  });
}

// Rows count only through the ledger, so they are made durable just before it names them: one sync
// per spool and group, however many results it holds. On the ledger's thread.
Result<void> ParallelStep::commit_durably(const CommitGroup& group) {
  const StepFolder folder = context_.job.step(context_.step.name);
  std::set<SpoolId> spools;
  for (const AttemptRecord& attempt : group.attempts) {
    if (attempt.outcome.rows.length > 0) spools.insert(attempt.outcome.rows.spool);
  }
  for (const SpoolId spool : spools) {
    BM_TRY(parts_.bulk.sync(folder.spool(spool.value)));
    if (named_spools_.insert(spool).second) BM_TRY(parts_.bulk.sync(folder.spools()));
  }
  BM_TRY(setup_->ledger->commit(group));
  attempt_log_->committed(group.attempts);
  return {};
}

void ParallelStep::group_committed(std::uint64_t group, const Result<void>& result,
                                   const std::vector<AttemptRecord>& attempts) {
  if (!result) {
    feed(parallel::CommitFailed{group, result.error().message});
    return;
  }
  for (const AttemptRecord& attempt : attempts) {
    estimate_.ran(attempt.outcome.run);
    if (auto line = failures_.first_of_its_kind(attempt, setup_->rules.max_retries + 1)) {
      line->step = context_.step.name;
      handlers_.on_event(*line);
    }
  }
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
  stop_planning_ = true;
  finish(effect);
}

void ParallelStep::finish(const parallel::Finish& verdict) {
  phase_ = Phase::kFinishing;
  phase_since_ = context_.loop.now();
  context_.loop.cancel(std::exchange(timer_, 0));
  running_.clear();
  const bool merges = verdict.verdict == parallel::Verdict::kCompleted && setup_->rows;
  if (merges) log_->concatenating(context_.loop.wall_now());
  for (const NodeId node : nodes_.used()) watch_resources(node, Duration::zero());
  ledger_thread_->run(
      [this, verdict, warnings = warnings_, misfits = misfits_.warnings(context_.step.name)] {
        FinishRequest request{context_, parts_.bulk, *setup_, verdict, warnings, record_};
        request.script_events = script_events_;
        request.longest_init = longest_init_;
        request.warnings.insert(request.warnings.end(), misfits.begin(), misfits.end());
        request.merged = [this](double fraction) {
          merged_permille_ = static_cast<int>(fraction * 1000);
        };
        auto result = finish_parallel(request);
        return [this, result = std::move(result)] { end(result); };
      });
}

void ParallelStep::fail(const std::string& reason) { end(failed_before_running(context_, reason)); }

void ParallelStep::end(const StepEnd& result) {
  phase_ = Phase::kEnded;
  context_.loop.cancel(std::exchange(log_timer_, 0));
  if (log_) log_end(result);
  if (!spec().copy_logs_to_parent.value) {
    handlers_.on_end(result);
    return;
  }
  ledger_thread_->run([this, result] {
    copy_logs();
    return [this, result] { handlers_.on_end(result); };
  });
}

// With copy_logs_to_parent, once the last line is written. A copy that fails harms no step.
void ParallelStep::copy_logs() {
  const std::string copy = context_.job.step_logs(context_.step.name);
  auto copied = context_.files.remove_tree(copy);
  if (copied) copied = context_.files.make_folders(context_.job.step_logs(""));
  if (copied) copied = context_.files.copy_tree(context_.job.step(context_.step.name).logs(), copy);
  if (copied || !log_) return;
  log_->leader(context_.loop.wall_now(), "WARNING",
               "the logs cannot be copied to the pipeline job: " + copied.error().message);
}

void ParallelStep::log_end(const StepEnd& result) {
  const WallTime now = context_.loop.wall_now();
  if (result.status == JobStatus::kCompleted && setup_->rows) log_->concatenated(now, result.rows);
  StepProgress last = progress();
  if (result.mini_batches) last.mini_batches = *result.mini_batches;
  if (result.items) last.items = *result.items;
  last.ready = 0;
  last.left_s.reset();
  log_->ended(now, result.status, result.reason, last);
}

// ---- what readers see ------------------------------------------------------------------------

std::string ParallelStep::phase_name() const {
  if (phase_ == Phase::kFinishing) return "merging";
  if (!scheduler_ || phase_ != Phase::kRunning) return "waiting";
  const parallel::Tally& tally = scheduler_->tally();
  if (tally.succeeded + tally.failed > 0 || tally.workers_busy > 0) return "running";
  if (!context_.hub.has_node()) return "waiting for cores";
  if (plan_.mark.mini_batches == 0) return "listing";
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
  const parallel::Tally& tally = scheduler_->tally();
  progress.mini_batches = {tally.succeeded + tally.failed, tally.failed, plan_.mark.mini_batches,
                           plan_.mark.complete};
  progress.items = {tally.items_succeeded + tally.items_failed, tally.items_failed,
                    tally.items_total, false};
  if (plan_.items_known) {
    progress.items.total = plan_.items;
    progress.items.total_known = plan_.mark.complete;
  }
  progress.retried = tally.tries - std::min(tally.tries, tally.succeeded + tally.failed);
  progress.rate = estimate_.rate(now);
  progress.busy = tally.workers_busy;
  progress.ready = tally.workers_ready;
  progress.left_s =
      estimate_.left(plan_.mark.mini_batches, plan_.mark.complete, tally.workers_ready, now);
  progress.merged_fraction = merged_permille_ / 1000.0;
  for (const auto& [worker, attempt] : running_) progress.running.push_back(attempt);
  return progress;
}

}  // namespace batchmill::engine
