#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "ports/clock.h"
#include "ports/files.h"

namespace batchmill::agent {

// The agent's own log: one line with a time stamp per event of a worker, a command or the
// connection; nothing per mini-batch. A failing write is ignored: there is nobody to tell.
class AgentLog {
 public:
  AgentLog(Files& files, const Clock& clock, std::string path)
      : files_(files), clock_(clock), path_(std::move(path)) {}
  void line(std::string_view text);

 private:
  Files& files_;
  const Clock& clock_;
  std::string path_;
};

}  // namespace batchmill::agent
