#include "engine/step_of.h"

namespace batchmill::engine {

std::string step_of_command(const std::string& id) { return id.substr(0, id.find('.')); }

std::string step_of(const protocol::ToLeader& message) {
  switch (message.body_case()) {
    case protocol::ToLeader::kResults:
      return message.results().step();
    case protocol::ToLeader::kWorkerReady:
      return message.worker_ready().step();
    case protocol::ToLeader::kWorkerFailed:
      return message.worker_failed().step();
    case protocol::ToLeader::kWorkerExited:
      return message.worker_exited().step();
    case protocol::ToLeader::kWorkerStarting:
      return message.worker_starting().step();
    case protocol::ToLeader::kWorkerNotice:
      return message.worker_notice().step();
    case protocol::ToLeader::kLeasesReturned:
      return message.leases_returned().step();
    case protocol::ToLeader::kCommandExited:
      return step_of_command(message.command_exited().id());
    default:
      return "";
  }
}

}  // namespace batchmill::engine
