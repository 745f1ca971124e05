#include "agent/resource_log.h"

#include <algorithm>

namespace batchmill::agent {

void ResourceLog::add(WallTime now, TimePoint at, const std::vector<Worker>& workers) {
  if (!files_.make_folders(folder_)) return;
  add_node(now);
  append("node_disk_usage", disk_usage_header(), disk_usage_rows(now, resources_.disks(folder_)));
  add_workers(now, at, workers);
  append("gpu_usage", gpu_usage_header(), gpu_usage_rows(now, gpus_.read()));
  add_process_list(now);
}

void ResourceLog::add_node(WallTime now) {
  const NodeReading reading = resources_.node();
  append("node_resource_usage", node_usage_header(), node_usage_row(now, reading, node_before_));
  node_before_ = reading;
}

void ResourceLog::add_workers(WallTime now, TimePoint at, const std::vector<Worker>& workers) {
  std::map<int, ProcessReading> readings;
  std::string rows;
  for (const Worker& worker : workers) {
    const auto tree = resources_.tree(worker.pid);
    if (!tree) continue;
    const ProcessReading reading{worker.process, worker.pid, at, *tree};
    const auto before = workers_before_.find(worker.pid);
    const bool is_same =
        before != workers_before_.end() && before->second.process == worker.process;
    rows += process_usage_row(
        now, reading, is_same ? std::optional<ProcessReading>(before->second) : std::nullopt);
    readings.emplace(worker.pid, reading);
  }
  append("processes_resource_usage", process_usage_header(), rows);
  workers_before_ = std::move(readings);
}

void ResourceLog::add_process_list(WallTime now) {
  const std::string stamp = stamp_seconds(now);  // yyyymmddhhmmss
  const std::string lists = folder_ + "/os";
  const std::string hour = lists + "/" + stamp.substr(0, 10);
  const std::string file = hour + "/processes_" + stamp.substr(10, 2);
  if (files_.exists(file)) return;
  const std::string list = resources_.process_list();
  if (list.empty()) return;
  const bool is_new_hour = !files_.exists(hour);
  if (!files_.make_folders(hour) || !files_.append(file, list)) return;
  if (is_new_hour) drop_old_lists(lists);
}

void ResourceLog::drop_old_lists(const std::string& lists) {
  auto entries = files_.list(lists);
  if (!entries || entries->size() <= kMostListFolders) return;
  std::sort(entries->begin(), entries->end(),
            [](const FolderEntry& a, const FolderEntry& b) { return a.name > b.name; });
  for (std::size_t i = kMostListFolders; i < entries->size(); ++i) {
    static_cast<void>(files_.remove_tree(lists + "/" + (*entries)[i].name));
  }
}

void ResourceLog::append(const std::string& table, const std::string& header,
                         const std::string& rows) {
  if (rows.empty()) return;
  const std::string path = folder_ + "/" + table + ".csv";
  auto status = files_.status(path);
  if (status && status->size > kMostTableBytes) {
    static_cast<void>(files_.rename(path, folder_ + "/" + table + ".1.csv"));
    status = files_.status(path);
  }
  static_cast<void>(files_.append(path, status ? rows : header + rows));
}

}  // namespace batchmill::agent
