#include "engine/control_folder.h"

#include <string_view>

namespace batchmill::engine {

namespace {

std::string_view prefix_of(ControlRequest request) {
  return request == ControlRequest::kCancel ? "cancel-" : "resume-";
}

bool is_request(std::string_view name, ControlRequest request) {
  return name.starts_with(prefix_of(request)) && name.ends_with(".json");
}

}  // namespace

std::vector<ControlRequest> pending_requests(const Files& files, const std::string& folder) {
  std::vector<ControlRequest> requests;
  const auto entries = files.list(folder);
  if (!entries) return requests;
  for (const auto request : {ControlRequest::kCancel, ControlRequest::kResume}) {
    for (const FolderEntry& entry : *entries) {
      if (is_request(entry.name, request)) {
        requests.push_back(request);
        break;
      }
    }
  }
  return requests;
}

void clear_requests(Files& files, const std::string& folder, ControlRequest request) {
  const auto entries = files.list(folder);
  if (!entries) return;
  for (const FolderEntry& entry : *entries) {
    if (is_request(entry.name, request)) (void)files.remove(folder + "/" + entry.name);
  }
}

}  // namespace batchmill::engine
