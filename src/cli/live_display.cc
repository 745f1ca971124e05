#include "cli/live_display.h"

#include "base/text.h"

namespace batchmill::cli {

namespace {

constexpr auto kFirstFrameAfter = std::chrono::milliseconds(500);
constexpr auto kBetweenFrames = std::chrono::milliseconds(100);

// Columns of a line with its colours taken out.
std::size_t shown_width(const std::string& line) {
  std::string plain;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\033') {
      i = std::min(line.find('m', i), line.size());
    } else {
      plain += line[i];
    }
  }
  return display_width(plain);
}

}  // namespace

LiveDisplay::LiveDisplay(Console& console, const Clock& clock)
    : console_(console), clock_(clock), first_(clock.now() + kFirstFrameAfter) {}

// Goes up over what is drawn, counted as the terminal wraps it now, and clears from there.
std::string LiveDisplay::erasure() const {
  if (drawn_.empty()) return "";
  const std::size_t width = std::max<std::size_t>(console_.caps().width, 1);
  std::size_t rows = 0;
  for (const std::size_t line : drawn_)
    rows += std::max<std::size_t>(1, (line + width - 1) / width);
  return "\r\033[" + std::to_string(rows) + "A\033[J";
}

void LiveDisplay::update(const FrameState& state, bool) {
  const TimePoint now = clock_.now();
  if (now < first_ || now - drawn_at_ < kBetweenFrames) return;
  std::vector<std::string> lines = frame(state, clock_.wall_now(), console_.caps());
  if (!drawn_.empty() && lines == lines_) return;
  std::string text = erasure();
  for (const std::string& line : lines) text += line + "\n";
  if (!console_.terminal().try_write_err(text)) return;
  drawn_.clear();
  for (const std::string& line : lines) drawn_.push_back(shown_width(line));
  lines_ = std::move(lines);
  drawn_at_ = now;
}

void LiveDisplay::clear() {
  if (drawn_.empty()) return;
  console_.err(erasure());
  drawn_.clear();
  drawn_at_ = {};  // what follows is drawn again at once
}

void LiveDisplay::resized() {
  console_.resized();
  clear();
}

}  // namespace batchmill::cli
