#pragma once

#include <string>
#include <vector>

#include "ports/files.h"

namespace batchmill::engine {

// Requests to a running job: small files renamed into control/ by any command, removed by the
// leader once they are carried out (design.md section 1).
enum class ControlRequest { kCancel, kResume };

// The requests that lie there now; unknown and temporary files are left alone.
std::vector<ControlRequest> pending_requests(const Files& files, const std::string& folder);
// Forgets all requests of one kind.
void clear_requests(Files& files, const std::string& folder, ControlRequest request);

}  // namespace batchmill::engine
