#include "model/attempt.h"

namespace batchmill {

const char* status_name(AttemptStatus status) {
  switch (status) {
    case AttemptStatus::kRunDone:
      return "RUN_DONE";
    case AttemptStatus::kRunException:
      return "RUN_EXCEPTION";
    case AttemptStatus::kRunTimeout:
      return "RUN_TIMEOUT";
    case AttemptStatus::kRunShort:
      return "RUN_SHORT";
    case AttemptStatus::kLoadException:
      return "LOAD_EXCEPTION";
    case AttemptStatus::kLoadTimeout:
      return "LOAD_TIMEOUT";
    case AttemptStatus::kProcessCrashed:
      return "PROCESS_CRASHED";
    case AttemptStatus::kNodeLost:
      return "NODE_LOST";
    case AttemptStatus::kCanceled:
      return "CANCELED";
  }
  return "UNKNOWN";
}

}  // namespace batchmill
