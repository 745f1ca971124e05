#include "engine/leader.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/command_step.h"
#include "engine/control_folder.h"
#include "engine/parallel_finish.h"
#include "engine/parallel_rules.h"
#include "engine/parallel_step.h"
#include "engine/step_events.h"
#include "engine/step_graph.h"
#include "engine/step_of.h"
#include "engine/whole_step.h"
#include "model/catalogue.h"
#include "pipeline/plan_json.h"
#include "runlog/execution_log.h"

namespace batchmill::engine {

namespace {

constexpr int kFirstRunTimeCode = 900;
constexpr auto kTickEvery = std::chrono::milliseconds(200);
constexpr auto kAgentCheckEvery = std::chrono::milliseconds(5);
constexpr auto kAgentsMayTake = std::chrono::seconds(45);

std::string workspace_of(const std::string& job_root) {
  const std::string jobs = job_root.substr(0, job_root.find_last_of('/'));
  return jobs.substr(0, jobs.find_last_of('/'));
}

}  // namespace

Leader::Leader(LeaderParts parts, JobFolder job)
    : parts_(std::move(parts)),
      job_(std::move(job)),
      workspace_(workspace_of(job_.root())),
      earlier_({parts_.files, parts_.locks, parts_.stores}, workspace_) {}

Leader::~Leader() = default;

Result<void> Leader::run() {
  BM_TRY(begin());
  if (over_) return {};
  parts_.loop.post([this] { advance(); });
  parts_.loop.call_at(parts_.loop.now() + kTickEvery, [this] { tick(); });
  parts_.loop.run();
  running_.clear();
  return result_;
}

Result<void> Leader::begin() {
  BM_ASSIGN(store_, parts_.stores.open_job(job_.db(), false));
  BM_ASSIGN(index_, parts_.stores.open_index(workspace_.index_db()));
  BM_ASSIGN(record_, store_->load());
  BM_ASSIGN(plan_, pipeline::plan_from_json(record_.plan));
  for (const StepRecord& step : record_.steps) steps_[step.step] = step;
  reporter_ = std::make_unique<JobReporter>(parts_.loop, parts_.files, job_);
  const auto requests = pending_requests(parts_.files, job_.control());
  const bool resumed =
      std::find(requests.begin(), requests.end(), ControlRequest::kResume) != requests.end();
  if (resumed) BM_TRY(forget_unsuccessful());
  read_counts();
  if (is_terminal(record_.status)) {
    over_ = true;
    return {};
  }
  BM_ASSIGN(record_.lives, store_->begin_life());
  reporter_->log(fmt::format("leader of {}, life {}", record_.name, record_.lives));
  canceling_ = record_.status == JobStatus::kCancelRequested;
  if (record_.status != JobStatus::kRunning && !canceling_) {
    BM_TRY(store_->set_status(JobStatus::kRunning, "", "", parts_.loop.wall_now()));
    BM_TRY(index_->set_status(record_.name, JobStatus::kRunning));
    record_.status = JobStatus::kRunning;
    JobEvent event;
    event.type = "job_status";
    event.status = name_of(record_.status);
    reporter_->event(event);
  }
  // Only now: to a follower, a job that is neither running nor asked to resume is over.
  if (resumed) {
    // A cancel that came too late for the earlier end is not meant for this one.
    clear_requests(parts_.files, job_.control(), ControlRequest::kCancel);
    clear_requests(parts_.files, job_.control(), ControlRequest::kResume);
  }
  hub_ = std::make_unique<NodeHub>(
      NodeHub::Parts{parts_.loop, parts_.files, parts_.locks, parts_.nodes, parts_.listener}, job_,
      Epoch{record_.lives}, hub_handlers());
  return hub_->start();
}

// Of steps that ended in earlier lives.
void Leader::read_counts() {
  for (const StepPlan& plan : plan_.steps) {
    const StepRecord& record = steps_.at(plan.name);
    if (!plan.is_parallel() || !is_terminal(record.status)) continue;
    StepFolder folder = job_.step(plan.name);
    if (!record.reused_from.empty()) {
      const auto earlier = earlier_.find(plan_, plan);
      if (earlier && *earlier) folder = (*earlier)->folder;
    }
    if (const auto counts = counts_of(parts_.files, parts_.ledgers, folder)) {
      counts_[plan.name] = *counts;
    }
  }
}

// `job resume`: what failed or was canceled gets another chance; what is completed stays.
Result<void> Leader::forget_unsuccessful() {
  for (auto& [name, step] : steps_) {
    if (step.status == JobStatus::kCompleted) continue;
    if (is_terminal(step.status) && step.kind == "parallel") {
      BM_TRY(forget_parallel_failure(parts_.ledgers, parts_.files, job_.step(name)));
    }
    if (is_terminal(step.status)) {
      step.status = JobStatus::kNotStarted;
      step.reason.clear();
      step.error.clear();
      step.ended = {};
    }
    BM_TRY(store_->put_step(step));
  }
  if (is_terminal(record_.status)) record_.status = JobStatus::kNotStarted;
  return {};
}

NodeHub::Handlers Leader::hub_handlers() {
  return {
      .on_joined =
          [this](const protocol::Hello& hello) {
            each_running([&](StepRun& step) { step.node_joined(hello); });
          },
      .on_lost =
          [this](NodeId node, const std::string& reason) {
            each_running([&](StepRun& step) { step.node_lost(node, reason); });
          },
      .on_message = [this](NodeId node,
                           protocol::ToLeader& message) { return route(node, message); },
      .on_hopeless = [this](const std::string& reason) { give_up(reason); },
      .welcome =
          [this](const protocol::Hello& hello) {
            protocol::Welcome welcome;
            for (const auto& [name, step] : running_) welcome.add_live_steps(name);
            for (const std::string& id : hello.commands()) {
              if (running_.contains(step_of_command(id))) welcome.add_live_commands(id);
            }
            return welcome;
          },
      .log = [this](const std::string& line) { reporter_->log(line); },
  };
}

std::pair<std::string, std::uint64_t> Leader::route(NodeId node, protocol::ToLeader& message) {
  if (message.has_heartbeat()) {
    each_running([&](StepRun& step) { step.receive(node, message); });
    return {"", 0};
  }
  std::string step = step_of(message);  // before the step moves the message away
  const auto found = running_.find(step);
  const std::uint64_t group = found == running_.end() ? 0 : found->second->receive(node, message);
  return {std::move(step), group};
}

// A step may end, and so leave running_, while it is called.
void Leader::each_running(const std::function<void(StepRun&)>& call) {
  std::vector<std::string> names;
  for (const auto& [name, step] : running_) names.push_back(name);
  for (const std::string& name : names) {
    if (const auto found = running_.find(name); found != running_.end()) call(*found->second);
  }
}

std::map<std::string, JobStatus> Leader::statuses() const {
  std::map<std::string, JobStatus> statuses;
  for (const auto& [name, step] : steps_) {
    statuses[name] = step.status;
    // Interrupted by the end of a former leader: to be started again here.
    if (!is_terminal(step.status) && !running_.contains(name))
      statuses[name] = JobStatus::kNotStarted;
  }
  return statuses;
}

std::map<std::string, std::map<std::string, std::string>> Leader::finished_outputs() const {
  std::map<std::string, std::map<std::string, std::string>> outputs;
  for (const auto& [name, step] : steps_) {
    if (step.status == JobStatus::kCompleted) outputs[name] = step.outputs;
  }
  return outputs;
}

void Leader::advance() {
  ended_.clear();
  if (over_) return;
  const Decision decision = decide(plan_, statuses());
  for (const auto& skip : decision.skip) skip_step(skip.step, skip.reason);
  for (const std::string& step : decision.cancel) running_.at(step)->cancel();
  if (canceling_) {
    for (const std::string& step : decision.start) skip_step(step, "the job was canceled");
  } else {
    for (const std::string& name : decision.start) {
      const auto plan = std::find_if(plan_.steps.begin(), plan_.steps.end(),
                                     [&](const StepPlan& step) { return step.name == name; });
      start_step(*plan);
    }
  }
  reporter_->publish([this] { return progress(); }, true);
  if (!result_) return;
  if (decide(plan_, statuses()).finished) {
    finish();
  } else if (!decision.skip.empty() || (canceling_ && !decision.start.empty())) {
    parts_.loop.post([this] { advance(); });
  }
}

void Leader::start_step(const StepPlan& plan) {
  StepRecord& record = steps_.at(plan.name);
  const bool recovered = record.status != JobStatus::kNotStarted;
  record.status = JobStatus::kPreparing;
  if (record.started.micros == 0) record.started = parts_.loop.wall_now();
  auto earlier = earlier_of(plan);
  if (!earlier && !recovered) {
    end_step(plan.name, failed_before_running(context_of(plan, {}), earlier.error().message));
    return;
  }
  // What a former life took over is here already, whatever has become of the earlier job.
  if (!earlier) earlier = EarlierStep{.problem = earlier.error().message};
  if (!recovered && *earlier && take_over_command(plan, **earlier)) return;
  run_step(plan, std::move(*earlier), recovered);
}

// What a step reads from another must be what it read then, or nothing of it is kept; a step that
// names the earlier job itself is told.
Result<std::optional<EarlierStep>> Leader::earlier_of(const StepPlan& plan) {
  BM_ASSIGN(auto earlier, earlier_.find(plan_, plan));
  if (!earlier) return earlier;
  for (const std::string& producer : producers_of(plan)) {
    if (!steps_.at(producer).reused_from.empty()) continue;
    const auto* spec = std::get_if<ParallelSpec>(&plan.spec);
    const bool its_own = spec != nullptr && !spec->resume_from.value.empty();
    JobEvent event;
    event.type = its_own ? "warning" : "notice";
    event.level = its_own ? "warning" : "notice";
    event.step = plan.name;
    event.text = its_own
                     ? fmt::format(
                           "{}: what is kept of '{}' was made with an earlier output of "
                           "step '{}'",
                           plan.name, earlier->job, producer)
                     : fmt::format("{}: all of it runs, since step '{}' did not keep its output",
                                   plan.name, producer);
    tell(event);
    return its_own ? earlier : std::optional<EarlierStep>();
  }
  return earlier;
}

// A command that was completed there is not run again. A parallel step decides for itself, since it
// has its input to look at first.
bool Leader::take_over_command(const StepPlan& plan, const EarlierStep& earlier) {
  if (plan.is_parallel()) return false;
  if (!is_taken_whole(earlier_end(plan, earlier, parts_.files, parts_.ledgers))) return false;
  StepRecord& record = steps_.at(plan.name);
  record = taken_whole(std::move(record), earlier.record);
  end_step(plan.name, end_taken_whole(record, {}));
  return true;
}

StepContext Leader::context_of(const StepPlan& plan, std::optional<EarlierStep> earlier) {
  return {{parts_.files, plan_, plan, job_, workspace_, steps_.at(plan.name).job_name,
           parts_.environment, parts_.python_folder, parts_.version, finished_outputs()},
          parts_.loop,
          *hub_,
          Epoch{record_.lives},
          std::move(earlier)};
}

void Leader::run_step(const StepPlan& plan, std::optional<EarlierStep> earlier, bool recovered) {
  StepRecord& record = steps_.at(plan.name);
  StepContext context = context_of(plan, std::move(earlier));
  std::unique_ptr<StepRun> run;
  if (plan.is_parallel()) {
    run = std::make_unique<ParallelStep>(
        std::move(context),
        ParallelParts{parts_.ledgers, parts_.bulk, parts_.cores, parts_.gpus, parts_.pid}, record,
        recovered, step_handlers(plan.name));
  } else {
    run = std::make_unique<CommandStep>(std::move(context), record, recovered,
                                        step_handlers(plan.name));
  }
  StepRun& step = *running_.emplace(plan.name, std::move(run)).first->second;
  save_step(record);
  if (!recovered) reporter_->execution(runlog::submitting_line(record.job_name));
  step.start();
  want_nodes();
  for (const protocol::Hello& hello : hub_->hellos()) step.node_joined(hello);
}

void Leader::want_nodes() {
  std::uint32_t most = 1;
  for (const StepPlan& plan : plan_.steps) {
    if (running_.contains(plan.name)) most = std::max(most, node_count(plan));
  }
  hub_->want(most);
}

StepRun::Handlers Leader::step_handlers(const std::string& step) {
  return {
      .on_end = [this, step](const StepEnd& end) { end_step(step, end); },
      .on_record =
          [this, step](const StepRecord& record) {
            steps_.at(step) = record;
            save_step(record);
          },
      .on_event = [this](const JobEvent& event) { tell(event); },
      .on_progress = [this] { parts_.on_progress(); },
  };
}

// A notice is told once per job and subject, whichever life of the leader hears of it; what happens
// to nodes (codes from 900) is told whenever it happens.
void Leader::tell(const JobEvent& event) {
  const bool is_remark = event.type == "notice" && event.code < kFirstRunTimeCode;
  if (is_remark &&
      !store_->first_time(event.text, code_name(event.code) + ": " + event.text).value_or(true))
    return;
  reporter_->event(event);
}

void Leader::save_step(const StepRecord& record) {
  if (const auto saved = store_->put_step(record); !saved) {
    give_up("cannot write " + job_.db() + ": " + saved.error().message);
    return;
  }
  if (!is_terminal(record.status)) reporter_->event(status_event(record));
}

void Leader::skip_step(const std::string& step, const std::string& reason) {
  StepRecord& record = steps_.at(step);
  record.status = JobStatus::kCanceled;
  record.reason = reason;
  record.ended = parts_.loop.wall_now();
  save_step(record);
  reporter_->event(status_event(record));
}

void Leader::end_step(const std::string& step, const StepEnd& end) {
  StepRecord& record = steps_.at(step);
  record.status = end.status;
  record.reason = end.reason;
  record.error = end.error;
  record.ended = parts_.loop.wall_now();
  save_step(record);
  if (!result_) return;
  counts_[step] = {end.mini_batches.value_or(Count{}), end.items.value_or(Count{})};
  parts_.on_progress();
  hub_->step_over(step);
  for (const std::string& warning : end.warnings) {
    JobEvent event;
    event.type = "warning";
    event.step = step;
    event.text = warning;
    reporter_->event(event);
  }
  reporter_->event(end_event(record, end));
  if (!record.reused_from.empty()) {
    reporter_->execution(runlog::reused_line(record.job_name, record.reused_from));
  }
  reporter_->execution(runlog::finished_line(record.job_name, end.status));
  const auto found = running_.find(step);
  if (found != running_.end()) {
    ended_.push_back(std::move(found->second));
    running_.erase(found);
  }
  parts_.loop.post([this] { advance(); });
}

void Leader::cancel_all() {
  if (canceling_) return;
  canceling_ = true;
  reporter_->log("cancel requested");
  (void)store_->set_status(JobStatus::kCancelRequested, "", "", parts_.loop.wall_now());
  record_.status = JobStatus::kCancelRequested;
  each_running([](StepRun& step) { step.cancel(); });
  advance();
}

void Leader::look_at_control() {
  for (const ControlRequest request : pending_requests(parts_.files, job_.control())) {
    if (request == ControlRequest::kCancel) cancel_all();
    clear_requests(parts_.files, job_.control(), request);
  }
}

void Leader::tick() {
  if (over_) return;
  look_at_control();
  reporter_->publish([this] { return progress(); }, false);
  parts_.loop.call_at(parts_.loop.now() + kTickEvery, [this] { tick(); });
}

void Leader::finish() {
  const Ending ending =
      canceling_ ? Ending{JobStatus::kCanceled, "canceled"} : ending_of(plan_, statuses());
  std::string error;
  for (const StepPlan& step : plan_.steps) {
    if (steps_.at(step.name).status == JobStatus::kFailed) {
      error = steps_.at(step.name).error;
      break;
    }
  }
  over_ = true;
  record_.status = ending.status;
  result_ = store_->set_status(ending.status, ending.reason, error, parts_.loop.wall_now());
  (void)index_->set_status(record_.name, ending.status);
  JobEvent event;
  event.type = "job_status";
  event.status = name_of(ending.status);
  event.reason = ending.reason;
  reporter_->event(event);
  reporter_->publish([this] { return progress(); }, true);
  reporter_->log(fmt::format("the job has ended: {}", name_of(ending.status)));
  // Whoever asked while the job ended does not wait for an answer.
  clear_requests(parts_.files, job_.control(), ControlRequest::kCancel);
  leave();
}

// The agents end their workers and exit; the leader stays until they are gone.
void Leader::leave() {
  over_ = true;
  hub_->say_goodbye();
  leaving_since_ = parts_.loop.now();
  wait_for_agents();
}

void Leader::wait_for_agents() {
  const bool late = parts_.loop.now() - leaving_since_ > kAgentsMayTake;
  if (!hub_->all_gone() && !late) {
    parts_.loop.call_at(parts_.loop.now() + kAgentCheckEvery, [this] { wait_for_agents(); });
    return;
  }
  if (late) reporter_->log("an agent has not ended in time");
  parts_.listener.close();
  (void)parts_.files.remove(job_.socket());
  parts_.loop.stop();
}

// The engine itself cannot go on: the supervisor sees the error and decides.
void Leader::give_up(const std::string& reason) {
  reporter_->log("error: " + reason);
  result_ = fail(ErrorKind::kIo, reason);
  if (!over_) leave();
}

JobProgress Leader::progress() const {
  JobProgress progress;
  progress.time = parts_.loop.wall_now();
  progress.job = record_.name;
  progress.status = record_.status;
  for (const StepPlan& plan : plan_.steps) {
    const StepRecord& record = steps_.at(plan.name);
    const auto running = running_.find(plan.name);
    const auto counts = counts_.find(plan.name);
    StepProgress step =
        running != running_.end()
            ? running->second->progress()
            : resting_progress(plan, record, counts == counts_.end() ? nullptr : &counts->second);
    step.status = record.status;
    progress.steps.push_back(std::move(step));
  }
  return progress;
}

}  // namespace batchmill::engine
