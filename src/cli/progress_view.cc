#include "cli/progress_view.h"

#include "cli/json_progress.h"
#include "cli/live_display.h"
#include "cli/plain_progress.h"

namespace batchmill::cli {

namespace {

class NoProgress final : public ProgressView {
 public:
  void update(const FrameState&, bool) override {}
};

}  // namespace

std::unique_ptr<ProgressView> make_progress_view(Console& console, const Clock& clock,
                                                 WriteLine write_line) {
  switch (console.caps().progress) {
    case ProgressMode::kLive:
      return std::make_unique<LiveDisplay>(console, clock);
    case ProgressMode::kPlain:
      return std::make_unique<PlainProgress>(clock, std::move(write_line));
    case ProgressMode::kJson:
      return std::make_unique<JsonProgress>(console);
    case ProgressMode::kNone:
      break;
  }
  return std::make_unique<NoProgress>();
}

}  // namespace batchmill::cli
