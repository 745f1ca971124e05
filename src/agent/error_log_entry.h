#pragma once

#include <string>
#include <string_view>

#include "agent/lease_book.h"
#include "base/time.h"

namespace batchmill::agent {

// An attempt whose process the agent ended.
struct EndedByAgent {
  HeldLease lease;
  std::string why;          // names the setting and its limit
  std::string dump;         // the stacks of its threads as faulthandler wrote them; may be empty
  std::string stderr_tail;  // what it had said before
};

// Its entry in logs/user/error/<node>/<proc>.txt, as the worker writes those of exceptions: a line
// with time, mini-batch and try, then text, then an empty line (parallel-job.md 7.2). Pure.
std::string error_log_entry(WallTime now, const EndedByAgent& attempt);

}  // namespace batchmill::agent
