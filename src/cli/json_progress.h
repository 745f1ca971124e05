#pragma once

#include "cli/progress_view.h"

namespace batchmill::cli {

// BATCHMILL_PROGRESS=json: every report of every running step as a line of JSON on standard error.
class JsonProgress final : public ProgressView {
 public:
  explicit JsonProgress(Console& console) : console_(console) {}
  void update(const FrameState& state, bool changed) override;

 private:
  Console& console_;
};

}  // namespace batchmill::cli
