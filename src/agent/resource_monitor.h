#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/resource_log.h"
#include "model/ids.h"
#include "ports/background.h"
#include "ports/loop.h"

namespace batchmill::agent {

struct ResourceTools {
  Files& files;
  Resources& resources;
  Gpus& gpus;
  Background& thread;  // readings take their time
};

// When readings of this node are taken for which step: at once, and then in its interval until the
// step is forgotten. One reading of a step at a time; one that takes longer than the interval
// delays the next. Goes on while there is no leader.
class ResourceMonitor {
 public:
  static constexpr Duration kShortest = std::chrono::milliseconds(100);
  static constexpr Duration kLongest = std::chrono::hours(24 * 365);
  using WorkersOf = std::function<std::vector<ResourceLog::Worker>(const std::string& step)>;

  ResourceMonitor(Loop& loop, ResourceTools tools, NodeId node, WorkersOf workers_of);
  ~ResourceMonitor();
  ResourceMonitor(const ResourceMonitor&) = delete;
  ResourceMonitor& operator=(const ResourceMonitor&) = delete;

  // `log_folder`: the step's logs/. Zero ends it. Again with the same: nothing changes.
  void watch(const std::string& step, const std::string& log_folder, Duration interval);
  void keep_only(const std::function<bool(const std::string& step)>& is_live);

 private:
  struct Watch {
    Duration interval{};
    std::string log_folder;
    std::shared_ptr<ResourceLog> log;
    Loop::Timer timer = 0;
  };
  void take(const std::string& step);
  void taken(const std::string& step, const std::shared_ptr<ResourceLog>& log, TimePoint began);
  void forget(const std::string& step);

  Loop& loop_;
  ResourceTools tools_;
  const NodeId node_;
  const WorkersOf workers_of_;
  const NodeReading at_start_;
  std::map<std::string, Watch> watches_;
  std::shared_ptr<ResourceMonitor*> self_ = std::make_shared<ResourceMonitor*>(this);
};

}  // namespace batchmill::agent
