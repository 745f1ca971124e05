#pragma once

#include <functional>
#include <string>

#include "ports/spool_sync.h"

namespace batchmill {

// For an agent on its leader's machine: the leader syncs the spools itself, just before it commits
// what lies in them (docs/decisions/0005-the-leader-syncs-local-spools.md), so results leave at
// once.
class LeaderSyncsSpools : public SpoolSync {
 public:
  void sync(const std::string&, std::function<void(Result<void>)> done) override { done({}); }
};

}  // namespace batchmill
