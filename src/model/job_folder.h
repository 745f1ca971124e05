#pragma once

#include <string>
#include <utility>

// Where things lie below a workspace (docs/formats/workspace.md). Pure path arithmetic; nothing is
// created or checked.
namespace batchmill {

class WorkspaceFolder {
 public:
  explicit WorkspaceFolder(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }
  std::string index_db() const { return root_ + "/batchmill.db"; }
  std::string config() const { return root_ + "/config.yml"; }
  std::string jobs() const { return root_ + "/jobs"; }
  std::string job(const std::string& name) const { return jobs() + "/" + name; }
  std::string snapshots() const { return root_ + "/snapshots"; }
  std::string datastore(const std::string& name) const { return root_ + "/datastores/" + name; }

 private:
  std::string root_;
};

class StepFolder {
 public:
  explicit StepFolder(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }
  std::string working() const { return root_ + "/wd"; }  // copy of the code; cwd
  std::string logs() const { return root_ + "/logs"; }   // the tree of parallel-job.md 7
  std::string user_logs() const { return root_ + "/user_logs"; }
  std::string node_log(unsigned node) const {  // parallel steps: the launcher on a node
    return user_logs() + "/std_log_" + std::to_string(node) + ".txt";
  }
  std::string driver_logs() const { return root_ + "/azureml-logs"; }
  std::string driver_log() const { return driver_logs() + "/70_driver_log.txt"; }
  std::string metrics() const { return root_ + "/metrics.jsonl"; }
  std::string std_log() const { return user_logs() + "/std_log.txt"; }  // command steps
  std::string ledger() const { return root_ + "/ledger.db"; }
  std::string manifest() const { return root_ + "/manifest"; }  // manifest.dat, .idx, .cuts
  std::string schema() const { return root_ + "/schema.json"; }
  std::string worker_spec() const { return root_ + "/worker.json"; }
  std::string spools() const { return root_ + "/spool"; }
  std::string spool(unsigned id) const { return spools() + "/" + std::to_string(id); }
  std::string inputs() const { return root_ + "/inputs"; }  // private copies (download)

 private:
  std::string root_;
};

class JobFolder {
 public:
  explicit JobFolder(std::string root) : root_(std::move(root)) {}
  const std::string& root() const { return root_; }
  std::string db() const { return root_ + "/job.db"; }
  std::string lock() const { return root_ + "/leader.lock"; }
  std::string socket() const { return root_ + "/leader.sock"; }
  std::string control() const { return root_ + "/control"; }
  std::string progress() const { return root_ + "/progress.json"; }  // renamed into place, <= 5/s
  std::string events() const { return root_ + "/events.jsonl"; }     // appended
  std::string leader_log() const { return root_ + "/system_logs/leader.log"; }
  std::string agent_log(unsigned node) const {
    return root_ + "/system_logs/agent." + std::to_string(node) + ".log";
  }
  std::string metrics() const { return root_ + "/metrics.jsonl"; }
  std::string execution_log() const { return root_ + "/logs/azureml/executionlogs.txt"; }
  // Copy of a step's logs, where it was asked for (copy_logs_to_parent).
  std::string step_logs(const std::string& step) const { return root_ + "/logs/steps/" + step; }
  StepFolder step(const std::string& name) const { return StepFolder(root_ + "/steps/" + name); }

 private:
  std::string root_;
};

}  // namespace batchmill
