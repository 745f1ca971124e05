#pragma once

#include <vector>

#include "model/attempt.h"
#include "parallel/scheduler.h"
#include "protocol/channel.pb.h"

// Between the wire's messages and the scheduler's vocabulary. Pure.
namespace batchmill::engine {

parallel::AttemptFinished from_wire(WorkerId worker, protocol::AttemptResult&& result);

std::vector<parallel::LeaseRange> from_wire(
    const google::protobuf::RepeatedPtrField<protocol::LeaseRange>& ranges);
void to_wire(const std::vector<parallel::LeaseRange>& ranges,
             google::protobuf::RepeatedPtrField<protocol::LeaseRange>& wire);

}  // namespace batchmill::engine
