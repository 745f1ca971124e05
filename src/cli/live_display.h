#pragma once

#include <string>
#include <vector>

#include "cli/progress_view.h"

namespace batchmill::cli {

// The live lines below the logs on a terminal, drawn over themselves: first after 0.5 s, then on
// change, at most ten times a second, in one write. The cursor stays visible on the line below, so
// that a kill at any moment leaves the terminal sound.
class LiveDisplay final : public ProgressView {
 public:
  LiveDisplay(Console& console, const Clock& clock);
  void update(const FrameState& state, bool changed) override;
  void clear() override;
  void resized() override;

 private:
  std::string erasure() const;

  Console& console_;
  const Clock& clock_;
  TimePoint first_, drawn_at_{};
  std::vector<std::size_t> drawn_;  // widths of the lines on the screen
  std::vector<std::string> lines_;  // of the last frame
};

}  // namespace batchmill::cli
