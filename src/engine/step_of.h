#pragma once

#include <string>

#include "protocol/channel.pb.h"

namespace batchmill::engine {

// The step that an agent's message is about; empty for a heartbeat, which is about all of them, and
// for messages about none. Pure.
std::string step_of(const protocol::ToLeader& message);
// The step of a command, by the id that the leader gave it: "train.2" is the second try of train.
std::string step_of_command(const std::string& id);

}  // namespace batchmill::engine
