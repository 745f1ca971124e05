#include "runlog/log_tree.h"

#include <fmt/format.h>

namespace batchmill::runlog {

namespace {

std::string hour_stamp(WallTime time) { return stamp_seconds(time).substr(0, 10); }

}  // namespace

std::string LogTree::progress_overview(WallTime opened) const {
  return fmt::format("{}/job_progress_overview.{}.txt", root_, hour_stamp(opened));
}

std::string LogTree::master_role(WallTime opened) const {
  return fmt::format("{}/sys/master_role.{}.txt", root_, stamp_seconds(opened));
}

std::string LogTree::of_worker(const char* folder, WorkerId worker, const char* ending) const {
  return fmt::format("{}/{}/{}/{}{}", root_, folder, worker.node.value,
                     process_name(worker.process), ending);
}

std::string LogTree::of_node(const char* folder, NodeId node) const {
  return fmt::format("{}/{}/{}/_main.txt", root_, folder, node.value);
}

std::string LogTree::user_stdout(WorkerId worker) const {
  return of_worker("user/stdout", worker, ".stdout.txt");
}
std::string LogTree::user_stderr(WorkerId worker) const {
  return of_worker("user/stderr", worker, ".stderr.txt");
}
std::string LogTree::entry_script_log(WorkerId worker) const {
  return of_worker("user/entry_script_log", worker, ".log.txt");
}
std::string LogTree::user_error(WorkerId worker) const {
  return of_worker("user/error", worker, ".txt");
}
std::string LogTree::sys_error(WorkerId worker) const {
  return of_worker("sys/error", worker, ".txt");
}
std::string LogTree::sys_error_main(NodeId node) const { return of_node("sys/error", node); }
std::string LogTree::sys_warning(WorkerId worker) const {
  return of_worker("sys/warning", worker, ".txt");
}
std::string LogTree::sys_warning_main(NodeId node) const { return of_node("sys/warning", node); }
std::string LogTree::node_main(NodeId node) const { return of_node("sys/node", node); }
std::string LogTree::node_process(WorkerId worker) const {
  return of_worker("sys/node", worker, ".txt");
}
std::string LogTree::progress_series(WallTime opened) const {
  return fmt::format("{}/sys/metrics/{}/progress.csv", root_, stamp_seconds(opened));
}

std::string LogTree::perf(NodeId node) const {
  return fmt::format("{}/sys/perf/{}", root_, node.value);
}

const std::vector<LogTreeEntry>& log_tree_entries() {
  static const std::vector<LogTreeEntry> kEntries = {
      {"job_result.txt", "how the step ended, its figures and settings; read this first"},
      {"job_error.txt", "the errors of the script, equal ones once, most frequent first"},
      {"job_progress_overview.<yyyymmddhh>.txt",
       "progress, a line about every 10 s; the newest stamp is the current one"},
      {"readme.txt", "this file"},
      {"user/stdout/<node>/<proc>.stdout.txt", "what the script printed, and its root logging"},
      {"user/stderr/<node>/<proc>.stderr.txt", "stderr of the script"},
      {"user/entry_script_log/<node>/<proc>.log.txt",
       "what the script logged through EntryScript().logger"},
      {"user/error/<node>/<proc>.txt",
       "full tracebacks from importing, init() and run(); stacks of what was ended for its time"},
      {"sys/master_role.<stamp>.txt", "the leader: creation of mini-batches, progress, result"},
      {"sys/error/<node>/<proc>.txt", "failed attempts, one JSON object per line"},
      {"sys/error/<node>/_main.txt", "errors of the engine on the node, and why the step failed"},
      {"sys/warning/<node>/_main.txt", "warnings of the engine on the node"},
      {"sys/warning/<node>/<proc>.txt", "warnings about what the script does or its input holds"},
      {"sys/node/<node>/_main.txt", "the node: starts and ends of its workers"},
      {"sys/node/<node>/<proc>.txt",
       "mini-batches that the worker picked and how they ended: with logging_level DEBUG all, else "
       "those that failed or were slow"},
      {"sys/node/<node>/<proc>.profile",
       "where init() and run() spend their time, with profiling_module; for pstats"},
      {"sys/metrics/<stamp>/progress.csv", "progress over time; the newest stamp sorts last"},
      {"sys/job_report/processed_mini-batches.csv", "every attempt of every mini-batch"},
      {"sys/job_report/failed_items.csv", "every item that failed finally, with its error"},
      {"sys/job_report/process_summary.csv", "the same, summed per process"},
      {"sys/job_report/node_summary.csv", "the same, summed per node"},
      {"sys/perf/<node>/node_resource_usage.csv",
       "processor, memory, disks and network of the node, every resource_monitor_interval"},
      {"sys/perf/<node>/node_disk_usage.csv", "how full its disks are"},
      {"sys/perf/<node>/processes_resource_usage.csv",
       "processor, memory and disks of each worker with its children"},
      {"sys/perf/<node>/gpu_usage.csv", "use and memory of its GPUs, where there is nvidia-smi"},
      {"sys/perf/<node>/os/<yyyymmddhh>/processes_<mm>", "all processes of the node, as ps says"},
  };
  return kEntries;
}

std::string log_tree_readme() {
  std::string text =
      "Logs of a parallel step. Times are UTC.\n"
      "<node> is 0, 1, ...; <proc> is process000, process001, ...: a worker that replaces another\n"
      "takes the next number. A file appears when there is something to write.\n\n";
  std::size_t width = 0;
  for (const LogTreeEntry& entry : log_tree_entries()) width = std::max(width, entry.path.size());
  for (const LogTreeEntry& entry : log_tree_entries()) {
    text += fmt::format("{:<{}}  {}\n", entry.path, width, entry.content);
  }
  return text;
}

Result<void> make_log_tree(Files& files, const std::string& root) {
  for (const char* folder :
       {"/user/stdout", "/user/stderr", "/user/entry_script_log", "/user/error", "/sys/error",
        "/sys/warning", "/sys/node", "/sys/job_report"}) {
    BM_TRY(files.make_folders(root + folder));
  }
  return files.write_atomically(LogTree(root).readme(), log_tree_readme());
}

void append_to_log(Files& files, const std::string& path, std::string_view text) {
  if (files.append(path, text)) return;
  static_cast<void>(files.make_folders(path.substr(0, path.rfind('/'))));
  static_cast<void>(files.append(path, text));
}

}  // namespace batchmill::runlog
