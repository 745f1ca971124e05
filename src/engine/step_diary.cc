#include "engine/step_diary.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "runlog/error_record.h"
#include "runlog/failure_text.h"

namespace batchmill::engine {

namespace {

// A script whose init() keeps failing for hours must not fill the leader's memory.
constexpr std::size_t kMostScriptEvents = 10'000;

int return_code(const protocol::WorkerExited& exit) {
  return exit.signal() != 0 ? -exit.signal() : exit.exit_code();
}

}  // namespace

void StepDiary::open(const ParallelSetup& setup) {
  const auto& spec = std::get<ParallelSpec>(context_.step.spec);
  runlog::StepLogPlan plan{context_.job.step(context_.step.name),
                           context_.step.name,
                           context_.job_name,
                           spec.logging_level.value,
                           spec.metrics_name_prefix.value,
                           "",
                           pid_};
  if (spec.push_metrics_to_parent.value) plan.parent_metrics = context_.job.metrics();
  log_.emplace(context_.files, std::move(plan), now());
  log_->begun(now());
  log_->settings(now(), setup.settings);
  warn(setup.warnings);
  if (!setup.taken_over.empty()) taken_over(setup.taken_over);
}

void StepDiary::taken_over(const std::string& what) {
  log_->leader(now(), "INFO", what);
  JobEvent event;
  event.type = "notice";
  event.level = "notice";
  event.step = context_.step.name;
  event.text = fmt::format("{}: {}", context_.step.name, what);
  tell_(event);
}

void StepDiary::heard(NodeId node, const protocol::ToLeader& message) {
  switch (message.body_case()) {
    case protocol::ToLeader::kWorkerStarting:
      return started({node, message.worker_starting().process()}, message.worker_starting());
    case protocol::ToLeader::kWorkerReady:
      return script({node, message.worker_ready().process()}, "ENTRY_SCRIPT_INIT_DONE",
                    Duration(message.worker_ready().init_ns()), "");
    case protocol::ToLeader::kWorkerFailed:
      return script({node, message.worker_failed().process()}, "ENTRY_SCRIPT_INIT_EXCEPTION", {},
                    message.worker_failed().error());
    case protocol::ToLeader::kWorkerExited:
      return exited({node, message.worker_exited().process()}, message.worker_exited());
    case protocol::ToLeader::kWorkerNotice:
      return notice({node, message.worker_notice().process()}, message.worker_notice().notice());
    default:
      return;
  }
}

void StepDiary::log_worker(WorkerId worker, std::string_view level, const std::string& what) {
  if (!log_) return;
  log_->node(now(), worker.node, level, fmt::format("{} {}", process_name(worker.process), what));
}

void StepDiary::script(WorkerId worker, const char* status, Duration elapsed,
                       const std::string& error) {
  longest_init_ = std::max(longest_init_, elapsed);
  log_worker(worker, error.empty() ? "INFO" : "ERROR",
             error.empty() ? status
                           : fmt::format("{}: {}", status,
                                         runlog::failure_line(runlog::parse_error_record(error))));
  if (script_events_.size() >= kMostScriptEvents) return;
  const auto began = init_began_.find(worker);
  script_events_.push_back({worker,
                            began == init_began_.end() ? now() : began->second,
                            {},
                            "ENTRY_SCRIPT_INIT_START",
                            ""});
  script_events_.push_back({worker, now(), elapsed, status, error});
}

void StepDiary::started(WorkerId worker, const protocol::WorkerStarting& start) {
  init_began_[worker] = now();
  std::string text = fmt::format("started, pid {}", start.pid());
  if (start.has_gpu()) {
    gpus_[worker] = start.gpu();
    text += fmt::format(", GPU {}", start.gpu());
  }
  log_worker(worker, "INFO", text);
}

void StepDiary::exited(WorkerId worker, const protocol::WorkerExited& exit) {
  log_worker(worker, exit.asked() ? "INFO" : "WARNING",
             fmt::format("ended, return code {}", return_code(exit)));
}

void StepDiary::notice(WorkerId worker, const std::string& text) {
  if (misfits_.add(text)) return;
  if (!seen_notices_.insert(text).second) return;
  const JobEvent event = notice_event(context_.step.name, text);
  tell_(event);
  if (event.level != "warning") return;
  if (log_) log_->worker_warning(now(), worker, event.text);
  warn({event.text});
}

void StepDiary::node_joined(const protocol::Hello& hello) {
  const NodeId node{hello.node()};
  for (const protocol::LiveWorker& live : hello.workers()) {
    if (live.step() == context_.step.name && live.has_gpu()) {
      gpus_[{node, live.process()}] = live.gpu();
    }
  }
  if (log_) log_->node_joined(now(), node);
}

void StepDiary::node_lost(NodeId node, const std::string& reason) {
  JobEvent event;
  event.type = "notice";
  event.code = 922;
  event.level = "warning";
  event.step = context_.step.name;
  event.text = fmt::format("{}; its mini-batches go back uncharged", reason);
  tell_(event);
  if (log_) log_->node(now(), node, "ERROR", event.text);
}

void StepDiary::planned(const parallel::PlanComplete& plan, Duration elapsed) {
  if (log_) log_->scheduled(now(), plan.mini_batches, plan.items, elapsed);
}

void StepDiary::committed(const std::vector<AttemptRecord>& attempts, std::uint32_t tries) {
  for (const AttemptRecord& attempt : attempts) {
    auto line = failures_.first_of_its_kind(attempt, tries);
    if (!line) continue;
    line->step = context_.step.name;
    tell_(*line);
  }
}

void StepDiary::progress(const StepProgress& step) {
  if (log_) log_->progress(now(), step);
}

void StepDiary::concatenating() {
  if (log_) log_->concatenating(now());
}

void StepDiary::ended(const StepEnd& end, std::optional<std::uint64_t> rows, StepProgress last) {
  if (!log_) return;
  if (rows) log_->concatenated(now(), *rows);
  if (end.mini_batches) last.mini_batches = *end.mini_batches;
  if (end.items) last.items = *end.items;
  last.ready = 0;
  last.left_s.reset();
  log_->ended(now(), end.status, end.reason, last);
}

void StepDiary::warn(const std::vector<std::string>& warnings) {
  warnings_.insert(warnings_.end(), warnings.begin(), warnings.end());
}

void StepDiary::leader_warning(const std::string& text) {
  if (log_) log_->leader(now(), "WARNING", text);
}

std::vector<std::string> StepDiary::warnings() const {
  std::vector<std::string> all = warnings_;
  const auto misfits = misfits_.warnings(context_.step.name);
  all.insert(all.end(), misfits.begin(), misfits.end());
  return all;
}

}  // namespace batchmill::engine
