#include "agent/agent_log.h"

#include "base/text.h"

namespace batchmill::agent {

void AgentLog::line(std::string_view text) {
  static_cast<void>(
      files_.append(path_, iso_micros(clock_.wall_now()) + " " + printable(text) + "\n"));
}

}  // namespace batchmill::agent
