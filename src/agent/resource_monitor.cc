#include "agent/resource_monitor.h"

#include <algorithm>
#include <utility>

#include "runlog/log_tree.h"

namespace batchmill::agent {

ResourceMonitor::ResourceMonitor(Loop& loop, ResourceTools tools, NodeId node, WorkersOf workers_of)
    : loop_(loop),
      tools_(tools),
      node_(node),
      workers_of_(std::move(workers_of)),
      at_start_(tools_.resources.node()) {}

ResourceMonitor::~ResourceMonitor() {
  *self_ = nullptr;
  for (const auto& [step, watch] : watches_) loop_.cancel(watch.timer);
}

void ResourceMonitor::watch(const std::string& step, const std::string& log_folder,
                            Duration interval) {
  const auto known = watches_.find(step);
  if (known != watches_.end() && known->second.interval == interval &&
      known->second.log_folder == log_folder) {
    return;
  }
  forget(step);
  if (interval <= Duration::zero()) return;
  watches_[step] = {
      interval, log_folder,
      std::make_shared<ResourceLog>(tools_.files, tools_.resources, tools_.gpus,
                                    runlog::LogTree(log_folder).perf(node_), at_start_)};
  take(step);
}

void ResourceMonitor::keep_only(const std::function<bool(const std::string& step)>& is_live) {
  std::vector<std::string> ended;
  for (const auto& [step, watch] : watches_) {
    if (!is_live(step)) ended.push_back(step);
  }
  for (const std::string& step : ended) forget(step);
}

void ResourceMonitor::forget(const std::string& step) {
  const auto found = watches_.find(step);
  if (found == watches_.end()) return;
  loop_.cancel(found->second.timer);
  watches_.erase(found);
}

void ResourceMonitor::take(const std::string& step) {
  tools_.thread.run([&loop = loop_, self = self_, step, log = watches_.at(step).log,
                     now = loop_.wall_now(), at = loop_.now(), workers = workers_of_(step)] {
    log->add(now, at, workers);
    loop.post([self, step, log, at] {
      if (*self != nullptr) (*self)->taken(step, log, at);
    });
  });
}

void ResourceMonitor::taken(const std::string& step, const std::shared_ptr<ResourceLog>& log,
                            TimePoint began) {
  const auto found = watches_.find(step);
  if (found == watches_.end() || found->second.log != log) return;
  const Duration interval = std::clamp(found->second.interval, kShortest, kLongest);
  found->second.timer = loop_.call_at(began + interval, [this, step] { take(step); });
}

}  // namespace batchmill::agent
