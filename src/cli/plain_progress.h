#pragma once

#include <map>
#include <string>

#include "cli/progress_view.h"

namespace batchmill::cli {

// Progress as lines among the logs, without a terminal: for each running step every 5 s for a
// minute, then after 30 s if something changed, at least every 5 min, and at each new status.
class PlainProgress final : public ProgressView {
 public:
  PlainProgress(const Clock& clock, WriteLine write_line)
      : clock_(clock), write_line_(std::move(write_line)), begun_(clock.now()) {}
  void update(const FrameState& state, bool changed) override;

 private:
  struct Told {
    TimePoint at;
    JobStatus status = JobStatus::kNotStarted;
    std::string text;
  };
  bool is_due(const Told& told, const std::string& text) const;

  const Clock& clock_;
  WriteLine write_line_;
  TimePoint begun_;
  std::map<std::string, Told> told_;
  bool waiting_was_told_ = false;
};

// "score: 240/400 mini-batches, 1195/2000 items, failed 2/5, 2.4/s, 55-80 s left". Pure.
std::string plain_line(const StepProgress& step, Duration since);

}  // namespace batchmill::cli
