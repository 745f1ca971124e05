#include "cli/plain_progress.h"

#include "cli/progress_words.h"

namespace batchmill::cli {

namespace {

constexpr auto kFirstMinute = std::chrono::seconds(60);
constexpr auto kEarly = std::chrono::seconds(5);
constexpr auto kIfChanged = std::chrono::seconds(30);
constexpr auto kAtLeast = std::chrono::minutes(5);

}  // namespace

std::string plain_line(const StepProgress& step, Duration since) {
  std::string line = step.step + ": ";
  if (const std::string phase = phase_text(step, since); !phase.empty()) return line + phase;
  if (step.kind != "parallel") return line + step.phase;
  line += batches_text(step.mini_batches) + " mini-batches, " + items_text(step.items) + " items";
  line += ", failed " + compact(step.mini_batches.failed) + "/" + compact(step.items.failed);
  if (step.rate > 0) line += ", " + rate_text(step.rate) + "/s";
  const std::string left = left_text(step);
  if (left != "-") line += ", " + left + (left.starts_with("last") ? "" : " left");
  return line;
}

bool PlainProgress::is_due(const Told& told, const std::string& text) const {
  const TimePoint now = clock_.now();
  if (now - begun_ <= kFirstMinute) return now - told.at >= kEarly;
  if (now - told.at >= kAtLeast) return true;
  return text != told.text && now - told.at >= kIfChanged;
}

void PlainProgress::update(const FrameState& state, bool) {
  const WallTime now = clock_.wall_now();
  const std::string stamp = iso_seconds(now) + " ";
  if (state.progress.steps.empty()) {
    if (!waiting_was_told_ && clock_.now() - begun_ >= kEarly) {
      write_line_(stamp + state.job + ": waiting for its leader");
      waiting_was_told_ = true;
    }
    return;
  }
  const Duration since =
      std::chrono::microseconds(std::max<std::int64_t>(0, now.micros - state.progress.time.micros));
  for (const StepProgress& step : state.progress.steps) {
    const bool is_running = !is_terminal(step.status) && step.status != JobStatus::kNotStarted;
    if (!is_running) continue;
    const auto [known, is_new] = told_.try_emplace(step.step, Told{clock_.now(), step.status, ""});
    Told& told = known->second;
    const std::string text = plain_line(step, since);
    const bool new_status = !is_new && told.status != step.status;
    if (!new_status && !is_due(told, text)) continue;
    write_line_(stamp + text);
    told = {clock_.now(), step.status, text};
  }
}

}  // namespace batchmill::cli
