#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/console.h"
#include "cli/progress_frame.h"
#include "ports/clock.h"

namespace batchmill::cli {

// Where the progress of a followed job is shown.
class ProgressView {
 public:
  virtual ~ProgressView() = default;
  // Called often, also when nothing changed. `changed`: the state is new.
  virtual void update(const FrameState& state, bool changed) = 0;
  // Something else is about to be printed: what is drawn must go.
  virtual void clear() {}
  virtual void resized() {}
};

using WriteLine = std::function<void(const std::string&)>;

// The view for caps().progress. `write_line` puts a line among the logs.
std::unique_ptr<ProgressView> make_progress_view(Console& console, const Clock& clock,
                                                 WriteLine write_line);

}  // namespace batchmill::cli
