#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/resource_tables.h"
#include "model/ids.h"
#include "ports/files.h"

namespace batchmill::agent {

// The files below logs/sys/perf/<node>/ of one step (parallel-job.md 7.4). One call at a time, on
// any thread. What cannot be written is left out: readings never harm a job. Bounded: a table that
// is longer than 16 MiB moves to <name>.1.csv, which replaces an older one; of the folders of
// process lists the newest 24 stay.
class ResourceLog {
 public:
  static constexpr std::uint64_t kMostTableBytes = std::uint64_t{16} << 20;
  static constexpr std::size_t kMostListFolders = 24;

  struct Worker {
    std::uint32_t process = 0;
    int pid = 0;
  };

  // `before`: an earlier reading, for the processor's share in the first row.
  ResourceLog(Files& files, Resources& resources, Gpus& gpus, std::string folder,
              const NodeReading& before)
      : files_(files),
        resources_(resources),
        gpus_(gpus),
        folder_(std::move(folder)),
        node_before_(before) {}

  // Takes one reading of everything and adds it to the files.
  void add(WallTime now, TimePoint at, const std::vector<Worker>& workers);

 private:
  void add_node(WallTime now);
  void add_workers(WallTime now, TimePoint at, const std::vector<Worker>& workers);
  void add_process_list(WallTime now);
  void drop_old_lists(const std::string& lists);
  void append(const std::string& table, const std::string& header, const std::string& rows);

  Files& files_;
  Resources& resources_;
  Gpus& gpus_;
  const std::string folder_;
  NodeReading node_before_;
  std::map<int, ProcessReading> workers_before_;  // by pid
};

}  // namespace batchmill::agent
