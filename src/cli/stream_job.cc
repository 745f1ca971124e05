#include "cli/stream_job.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/progress_view.h"
#include "cli/restarted_notice.h"
#include "cli/stream_text.h"
#include "workspace/control_job.h"
#include "workspace/watch_job.h"

namespace batchmill::cli {

namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(100);
// Short jobs are over before a slow look would see them.
constexpr auto kFirstLooksEvery = std::chrono::milliseconds(20);
constexpr auto kFirstLooks = std::chrono::seconds(2);
// A leader that was started just now has not taken its lock yet.
constexpr auto kPatience = std::chrono::seconds(3);

class Stream {
 public:
  Stream(const workspace::FoundJob& job, const StreamOptions& options, Session& session)
      : job_(job),
        session_(session),
        console_(session.console()),
        clock_(session.work().clock),
        watch_(job.folder, job.step, options.from_now, session.work()),
        to_err_(session.wants_object()),
        view_(make_progress_view(console_, clock_, [this](const std::string& line) { put(line); })),
        begun_(clock_.now()),
        alive_at_(begun_) {
    state_.job = job.name();
  }

  int run() {
    put("RunId: " + job_.name());
    while (true) {
      const auto news = watch_.look();
      if (!news) {
        view_->clear();
        return console_.failed(news.error());
      }
      tell(*news);
      if (news->finished) return finish(*news);
      if (const int code = keep_alive(*news); code != kExitSuccess) return code;
      view_->update(state_, news->progress.has_value());
      if (const auto code = pause()) return *code;
    }
  }

 private:
  // One line among the logs.
  void put(const std::string& line) { write(line + "\n"); }
  void write(const std::string& text) {
    view_cleared();
    if (to_err_) {
      console_.err(text);
    } else {
      console_.out(text);
    }
  }
  void view_cleared() {
    if (view_) view_->clear();
  }

  // The end of a step is told after its last lines and before those of the steps that follow it.
  void tell(const workspace::JobNews& news) {
    state_.started = news.record.started.micros != 0 ? news.record.started : news.record.created;
    std::map<std::string, std::string> of_steps;
    std::string of_job;
    for (const workspace::LogLine& line : news.lines) {
      (line.step.empty() ? of_job : of_steps[line.step]) += log_text(line);
    }
    write_if_any(of_job);
    for (const JobEvent& event : news.events) {
      if (event.type == "step_status") write_if_any(std::exchange(of_steps[event.step], ""));
      tell_event(event);
    }
    for (const auto& [step, text] : of_steps) write_if_any(text);
    if (news.progress) state_.progress = *news.progress;
  }
  void write_if_any(const std::string& text) {
    if (!text.empty()) write(text);
  }

  std::string log_text(const workspace::LogLine& line) {
    const std::string text = printable_log(line.text);
    if (line.step.empty()) {
      const bool first = !header_was_told_;
      header_was_told_ = true;
      return (first ? log_header("logs/azureml/executionlogs.txt") : "") + text + "\n";
    }
    if (!job_.step.empty()) {
      const bool first = !header_was_told_;
      header_was_told_ = true;
      return (first ? log_header("user_logs/std_log.txt") : "") + text + "\n";
    }
    return line.step + " | " + text + "\n";
  }

  // Colours of a script are its own; what would move our cursor is not let through. A progress bar
  // that draws over itself is shown as it stood at the end of its line.
  static std::string printable_log(const std::string& text) {
    const std::size_t carriage = text.rfind('\r');
    return printable_with_tabs(carriage == std::string::npos ? text : text.substr(carriage + 1));
  }
  static std::string printable_with_tabs(const std::string& text) {
    std::string out;
    bool first = true;
    for (const std::string_view part : split(text, '\t')) {
      if (!first) out += '\t';
      out += printable(part);
      first = false;
    }
    return out;
  }

  void tell_event(const JobEvent& event) {
    if (event.type == "warning") {
      warnings_.push_back(event.text);
    } else if (event.type == "notice") {
      view_cleared();
      if (event.level == "warning") {
        warnings_.push_back(event.text);
        console_.warning(event.text, event.help);
      } else {
        console_.notice(event.text, event.help);
      }
    } else if (event.type == "failure" && !console_.only_errors()) {
      put(event.step + ": " + event.text + tries_of(event));
    } else if (event.type == "step_status") {
      const auto status = job_status_from(event.status);
      const bool colour = to_err_ ? console_.caps().colour_err : console_.caps().colour_out;
      if (status && is_terminal(*status))
        put(step_end_line(event, console_.caps().unicode, colour));
    }
  }

  static std::string tries_of(const JobEvent& event) {
    if (event.attempts == 0 || event.text.ends_with(')')) return "";
    return fmt::format(" (mini-batch {}, try {} of {})", event.mini_batch, event.attempt,
                       event.attempts);
  }

  // A leader whose lock is free while the job is not over has died with its supervisor.
  int keep_alive(const workspace::JobNews& news) {
    const TimePoint now = clock_.now();
    if (news.leader_alive || is_terminal(news.record.status)) {
      alive_at_ = now;
      return kExitSuccess;
    }
    if (now - alive_at_ < kPatience) return kExitSuccess;
    alive_at_ = now;
    workspace::FoundJob found{job_.folder, news.record, "", false};
    const auto revived = workspace::revive_job(found, session_.work());
    view_cleared();
    if (!revived) return console_.failed(revived.error());
    if (*revived) tell_restarted(found, console_);
    return kExitSuccess;
  }

  std::optional<int> pause() {
    if (console_.terminal().out_is_closed()) return kExitFailure;
    const bool is_young = clock_.now() - begun_ < kFirstLooks;
    switch (console_.terminal().wait(is_young ? kFirstLooksEvery : kLookEvery)) {
      case Wake::kInterrupted:
        view_cleared();
        console_.err(stopped_watching(job_.record.name, state_.progress));
        return kExitFailure;
      case Wake::kResized:
        view_->resized();
        break;
      case Wake::kTimeout:
        break;
    }
    return std::nullopt;
  }

  int finish(const workspace::JobNews& news) {
    const workspace::FoundJob end{job_.folder, news.record, job_.step, news.leader_alive};
    const JobStatus status = end.status();
    std::vector<std::string> warnings;
    if (!console_.only_errors()) warnings = all_warnings(job_.step, news.record, warnings_);
    write(execution_summary(job_.name(), status, warnings));
    if (status == JobStatus::kFailed) {
      console_.err("\n" + failure_text(news.record, job_.step));
    } else if (status == JobStatus::kCanceled) {
      console_.error(job_.name() + " was canceled",
                     "batchmill job resume -n " + news.record.name + " continues it");
    }
    return status == JobStatus::kCompleted ? kExitSuccess : kExitFailure;
  }

  const workspace::FoundJob& job_;
  Session& session_;
  Console& console_;
  const Clock& clock_;
  workspace::JobWatch watch_;
  const bool to_err_;
  FrameState state_;
  std::unique_ptr<ProgressView> view_;
  const TimePoint begun_;
  TimePoint alive_at_;
  std::vector<std::string> warnings_;
  bool header_was_told_ = false;
};

}  // namespace

int stream_job(const workspace::FoundJob& job, const StreamOptions& options, Session& session) {
  return Stream(job, options, session).run();
}

}  // namespace batchmill::cli
