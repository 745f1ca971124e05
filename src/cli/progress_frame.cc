#include "cli/progress_frame.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/progress_words.h"

namespace batchmill::cli {

namespace {

constexpr std::size_t kMostSteps = 8;

// One column: its width, the spaces before it, and whether text stands at its right end.
struct Column {
  std::size_t gap, width;
};

// The columns of a width (0: the column is left out).
struct Layout {
  Column name, bar, percent, batches, items, failed, retried, rate, busy, left;
};

constexpr Layout kWide = {{0, 20}, {1, 20}, {1, 4}, {2, 11}, {2, 11},
                          {2, 7},  {2, 7},  {2, 7}, {1, 7},  {2, 10}};
constexpr Layout kNormal = {{0, 13}, {1, 10}, {1, 4}, {2, 11}, {2, 11},
                            {1, 7},  {0, 0},  {1, 6}, {0, 0},  {1, 8}};
constexpr std::size_t kNormalWithoutItems = 67;  // 80 less the column of items
constexpr std::size_t kNormalWithoutBar = 56;
constexpr std::size_t kNarrow = 50;

Layout layout_of(std::size_t width) {
  if (width >= 120) return kWide;
  Layout layout = kNormal;
  if (width < 80) layout.items = {0, 0};
  if (width < kNormalWithoutItems) layout.bar = {0, 0};
  if (width < kNormalWithoutBar) layout.rate = {0, 0};
  return layout;
}

std::string shortened(const std::string& text, std::size_t width) {
  if (display_width(text) <= width) return text;
  if (width <= 2) return std::string(clip_to_width(text, width));
  return std::string(clip_to_width(text, width - 2)) + "..";
}

void put_left(std::string& line, Column column, const std::string& text) {
  if (column.width == 0) return;
  const std::string shown = shortened(text, column.width);
  line.append(column.gap, ' ').append(shown);
  line.append(column.width - display_width(shown), ' ');
}

void put_right(std::string& line, Column column, const std::string& text) {
  if (column.width == 0) return;
  const std::string shown = shortened(text, column.width);
  line.append(column.gap + column.width - display_width(shown), ' ').append(shown);
}

class FrameWriter {
 public:
  FrameWriter(const FrameState& state, WallTime now, const DisplayCaps& caps)
      : state_(state),
        caps_(caps),
        layout_(layout_of(caps.width)),
        since_(std::chrono::microseconds(
            std::max<std::int64_t>(0, now.micros - state.progress.time.micros))),
        now_(now) {}

  std::vector<std::string> write() {
    std::vector<const StepProgress*> running;
    for (const StepProgress& step : state_.progress.steps) {
      if (is_running(step)) running.push_back(&step);
    }
    const std::size_t room = caps_.height > 4 ? caps_.height - 4 : 1;
    const std::size_t shown = std::min({running.size(), kMostSteps, room});
    const bool has_figures =
        std::any_of(running.begin(), running.begin() + static_cast<std::ptrdiff_t>(shown),
                    [&](const StepProgress* step) { return shows_figures(*step); });
    if (has_figures && caps_.width >= kNarrow) lines_.push_back(header());
    for (std::size_t i = 0; i < shown; ++i) lines_.push_back(step_line(*running[i]));
    if (shown < running.size()) {
      lines_.push_back(fmt::format("... and {} more", running.size() - shown));
    }
    if (state_.progress.steps.size() != 1 || running.empty()) lines_.push_back(summary());
    for (std::string& line : lines_) line = clip_to_width(line, widest());
    if (caps_.colour_err) paint();
    return std::move(lines_);
  }

 private:
  static bool is_running(const StepProgress& step) {
    return !is_terminal(step.status) && step.status != JobStatus::kNotStarted;
  }
  bool shows_figures(const StepProgress& step) const {
    return step.kind == "parallel" && phase_text(step, since_).empty();
  }
  std::size_t widest() const { return caps_.width > 1 ? caps_.width - 1 : 1; }

  std::string header() const {
    std::string line;
    put_left(line, layout_.name, "step");
    put_left(line, layout_.bar, "");
    put_right(line, layout_.percent, "");
    put_right(line, layout_.batches, "batches");
    put_right(line, layout_.items, "items");
    put_right(line, layout_.failed, "failed");
    put_right(line, layout_.retried, "retried");
    put_right(line, layout_.rate, "/s");
    put_right(line, layout_.busy, "busy");
    put_right(line, layout_.left, "left");
    return line;
  }

  std::string bar(const Count& count) const {
    const std::size_t width = layout_.bar.width;
    if (!count.total_known || count.total == 0) return std::string(width, ' ');
    const std::size_t filled =
        std::min<std::size_t>(width, static_cast<std::size_t>(count.done * width / count.total));
    std::string text;
    for (std::size_t i = 0; i < width; ++i) {
      if (caps_.unicode) {
        text += i < filled ? "━" : "─";
      } else {
        text += i < filled ? '#' : '-';
      }
    }
    return text;
  }

  std::string step_line(const StepProgress& step) const {
    if (caps_.width < kNarrow) return narrow_line(step);
    const std::string phase = phase_text(step, since_);
    std::string line;
    put_left(line, layout_.name, step.step);
    if (!phase.empty()) return line + " " + phase;
    if (step.kind != "parallel") return line + " " + step.phase;
    put_left(line, layout_.bar, bar(step.mini_batches));
    put_right(line, layout_.percent, percent_text(step.mini_batches));
    put_right(line, layout_.batches, batches_text(step.mini_batches));
    put_right(line, layout_.items, items_text(step.items));
    put_right(line, layout_.failed,
              compact(step.mini_batches.failed) + "/" + compact(step.items.failed));
    put_right(line, layout_.retried, compact(step.retried));
    put_right(line, layout_.rate, rate_text(step.rate));
    put_right(line, layout_.busy, fmt::format("{}/{}", step.busy, step.ready));
    put_right(line, layout_.left, left_text(step));
    return line;
  }

  std::string narrow_line(const StepProgress& step) const {
    const std::string phase = phase_text(step, since_);
    if (!phase.empty()) return step.step + " " + phase;
    std::string line = step.step;
    if (const std::string percent = percent_text(step.mini_batches); !percent.empty()) {
      line += " " + percent;
    }
    line += " " + batches_text(step.mini_batches);
    if (step.mini_batches.failed > 0)
      line += fmt::format(" {} failed", compact(step.mini_batches.failed));
    return line;
  }

  std::string summary() const {
    const auto& steps = state_.progress.steps;
    if (steps.empty()) return state_.job + ": waiting for its leader";
    std::size_t done = 0, running = 0;
    for (const StepProgress& step : steps) {
      done += is_terminal(step.status) ? 1 : 0;
      running += is_running(step) ? 1 : 0;
    }
    std::string line = fmt::format("{}: {} of {} steps done", state_.job, done, steps.size());
    if (running > 0) line += fmt::format(", {} running", running);
    if (const std::size_t waiting = steps.size() - done - running; waiting > 0) {
      line += fmt::format(", {} waiting", waiting);
    }
    if (state_.started.micros != 0) {
      const auto seconds =
          std::max<std::int64_t>(0, (now_.micros - state_.started.micros) / 1'000'000);
      line += ", " + seconds_text(static_cast<double>(seconds));
    }
    const std::string hint = "   Ctrl-C stops watching, not the job";
    if (display_width(line) + hint.size() <= widest()) line += hint;
    return line;
  }

  // After clipping, so that colours cost no columns.
  void paint() {
    for (std::string& line : lines_) {
      std::size_t at = line.find(caps_.unicode ? "━" : "#");
      if (at == std::string::npos) continue;
      std::size_t end = at;
      const std::string_view mark = caps_.unicode ? "━" : "#";
      while (std::string_view(line).substr(end).starts_with(mark)) end += mark.size();
      line.insert(end, "\033[0m");
      line.insert(at, "\033[36m");
    }
  }

  const FrameState& state_;
  const DisplayCaps& caps_;
  const Layout layout_;
  const Duration since_;
  const WallTime now_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> frame(const FrameState& state, WallTime now, const DisplayCaps& caps) {
  return FrameWriter(state, now, caps).write();
}

}  // namespace batchmill::cli
