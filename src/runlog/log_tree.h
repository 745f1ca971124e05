#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "ports/files.h"

namespace batchmill::runlog {

// Names in the log tree of a parallel step (parallel-job.md 7; docs/formats/log-tree.md). Pure path
// arithmetic; `root` is the step's logs folder.
class LogTree {
 public:
  explicit LogTree(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }

  std::string readme() const { return root_ + "/readme.txt"; }
  std::string job_result() const { return root_ + "/job_result.txt"; }
  std::string job_error() const { return root_ + "/job_error.txt"; }
  // `opened`: when this leader, or this day, began.
  std::string progress_overview(WallTime opened) const;

  std::string user_stdout(WorkerId worker) const;
  std::string user_stderr(WorkerId worker) const;
  std::string entry_script_log(WorkerId worker) const;
  std::string user_error(WorkerId worker) const;

  std::string master_role(WallTime opened) const;
  std::string sys_errors() const { return root_ + "/sys/error"; }
  std::string sys_error(WorkerId worker) const;
  std::string sys_error_main(NodeId node) const;
  std::string sys_warning(WorkerId worker) const;
  std::string sys_warning_main(NodeId node) const;
  std::string node_main(NodeId node) const;
  std::string perf(NodeId node) const;  // folder
  std::string node_process(WorkerId worker) const;
  std::string progress_series(WallTime opened) const;
  std::string processed_mini_batches() const { return report("processed_mini-batches.csv"); }
  std::string process_summary() const { return report("process_summary.csv"); }
  std::string node_summary() const { return report("node_summary.csv"); }
  std::string failed_items() const { return report("failed_items.csv"); }

 private:
  std::string report(const char* name) const { return root_ + "/sys/job_report/" + name; }
  std::string of_node(const char* folder, NodeId node) const;
  std::string of_worker(const char* folder, WorkerId worker, const char* ending) const;
  std::string root_;
};

// A line of readme.txt and of the table in docs/formats/log-tree.md.
struct LogTreeEntry {
  std::string path;  // relative; <node> and <proc> are placeholders
  std::string content;
};
const std::vector<LogTreeEntry>& log_tree_entries();

// The text of readme.txt.
std::string log_tree_readme();

// Creates the folders and readme.txt. `root` is the step's logs folder.
Result<void> make_log_tree(Files& files, const std::string& root);

// Appends to a log, whose folder need not be there yet. Logs never disturb a step: what cannot be
// written is lost.
void append_to_log(Files& files, const std::string& path, std::string_view text);

}  // namespace batchmill::runlog
