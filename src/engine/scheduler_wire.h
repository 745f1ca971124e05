#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/attempt.h"
#include "parallel/scheduler.h"
#include "protocol/channel.pb.h"

// Between the wire's messages and the scheduler's vocabulary. Pure.
namespace batchmill::engine {

// ---- what agents say -------------------------------------------------------------------------

parallel::AttemptFinished from_wire(WorkerId worker, protocol::AttemptResult&& result);
parallel::WorkerBusy from_wire(NodeId node, const protocol::Busy& busy);
std::vector<parallel::LeaseRange> from_wire(
    const google::protobuf::RepeatedPtrField<protocol::LeaseRange>& ranges);

// What became of a worker or its leases. Nothing for messages that are no single event: results,
// heartbeats, notices. Takes texts out of the message.
std::optional<parallel::Event> worker_event(NodeId node, protocol::ToLeader& message);

// A greeting, as `step` hears it.
parallel::NodeJoined node_joined(const std::string& step, const protocol::Hello& hello);

// ---- what the leader orders ------------------------------------------------------------------

void to_wire(const std::vector<parallel::LeaseRange>& ranges,
             google::protobuf::RepeatedPtrField<protocol::LeaseRange>& wire);

protocol::ToAgent order(const std::string& step, const parallel::StopWorker& effect);
// `planned`: mini-batches below it can be read from the manifest.
protocol::ToAgent order(const std::string& step, const parallel::Lease& effect,
                        std::uint64_t planned);
protocol::ToAgent order(const std::string& step, const parallel::Revoke& effect);
protocol::ToAgent order(const std::string& step, const parallel::KillAttempt& effect);

}  // namespace batchmill::engine
