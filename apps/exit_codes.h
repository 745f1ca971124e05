#pragma once

namespace batchmill::apps {

// How a leader tells its supervisor what happened.
constexpr int kExitDone = 0;     // the job has ended, durably
constexpr int kExitError = 1;    // this life failed; another may do better
constexpr int kExitLocked = 75;  // another leader holds the job

}  // namespace batchmill::apps
