#include "workspace/watch_job.h"

#include <algorithm>

#include "runlog/progress_json.h"

namespace batchmill::workspace {

JobWatch::JobWatch(JobFolder folder, std::string step, bool from_now, Parts& parts)
    : folder_(std::move(folder)),
      step_(std::move(step)),
      from_now_(from_now),
      parts_(parts),
      events_(folder_.events()),
      execution_(folder_.execution_log()) {
  if (from_now) {
    events_.skip_to_end(parts_.files);
    execution_.skip_to_end(parts_.files);
  }
}

void JobWatch::follow_steps(const JobRecord& record) {
  if (!step_logs_.empty()) return;
  for (const StepRecord& step : record.steps) {
    if (step.kind != "command" || (!step_.empty() && step.step != step_)) continue;
    FileFollower follower(folder_.step(step.step).std_log());
    if (from_now_) follower.skip_to_end(parts_.files);
    step_logs_.emplace(step.step, std::move(follower));
  }
}

void JobWatch::read_lines(bool to_the_end, JobNews& news) {
  if (step_.empty()) {
    for (std::string& line : execution_.new_lines(parts_.files, to_the_end)) {
      news.lines.push_back({"", std::move(line)});
    }
  }
  for (auto& [step, follower] : step_logs_) {
    for (std::string& line : follower.new_lines(parts_.files, to_the_end)) {
      news.lines.push_back({step, std::move(line)});
    }
  }
}

void JobWatch::read_events(bool to_the_end, JobNews& news) {
  for (const std::string& line : events_.new_lines(parts_.files, to_the_end)) {
    auto event = runlog::event_from_json(line);
    // A line of a newer version, or one that a crash cut short.
    if (!event) continue;
    const bool is_about_all = event->type == "job_status";
    if (!step_.empty() && !is_about_all && event->step != step_) continue;
    const bool is_end_event = step_.empty() ? is_about_all : event->type == "step_status";
    if (is_end_event || is_about_all) {
      const auto status = job_status_from(event->status);
      end_was_told_ = status && is_terminal(*status);
    }
    news.events.push_back(std::move(*event));
  }
}

void JobWatch::read_progress(JobNews& news) {
  auto text = parts_.files.read(folder_.progress());
  if (!text || *text == last_progress_) return;
  auto progress = runlog::progress_from_json(*text);
  if (!progress) return;
  last_progress_ = std::move(*text);
  if (!step_.empty()) {
    std::erase_if(progress->steps, [&](const StepProgress& s) { return s.step != step_; });
  }
  news.progress = std::move(*progress);
}

bool JobWatch::has_ended(const JobNews& news) const {
  if (is_terminal(news.record.status)) return true;
  return std::any_of(news.record.steps.begin(), news.record.steps.end(),
                     [&](const StepRecord& s) { return s.step == step_ && is_terminal(s.status); });
}

Result<JobNews> JobWatch::look() {
  if (!store_) {
    BM_ASSIGN(store_, parts_.stores.open_job(folder_.db(), true));
  }
  JobNews news;
  // The status is read before the files, so that an end that is seen has all its lines there.
  BM_ASSIGN(news.record, store_->load());
  news.leader_alive = parts_.leaders.alive(folder_.lock());
  const bool ended = has_ended(news);
  follow_steps(news.record);
  read_progress(news);
  read_lines(ended, news);
  read_events(ended, news);
  // The leader tells of the end a moment after it is durable; a dead one will not.
  news.finished = ended && (end_was_told_ || !news.leader_alive);
  return news;
}

}  // namespace batchmill::workspace
