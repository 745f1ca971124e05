#include "workspace/control_job.h"

namespace batchmill::workspace {

namespace {

// A random version 4 UUID.
std::string make_uuid(const Random& random) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  std::string uuid;
  for (const char c : kForm) {
    const auto digit = static_cast<std::size_t>(random() % 16);
    if (c == 'x') {
      uuid += kDigits[digit];
    } else {
      uuid += c == 'y' ? kDigits[8 + digit % 4] : c;
    }
  }
  return uuid;
}

Result<void> put_request(const FoundJob& job, const std::string& kind, Parts& parts) {
  const std::string text =
      "{\"version\": 1, \"time\": \"" + iso_seconds(parts.clock.wall_now()) + "\"}\n";
  BM_TRY(parts.files.make_folders(job.folder.control()));
  return parts.files.write_atomically(
      job.folder.control() + "/" + kind + "-" + make_uuid(parts.random) + ".json", text);
}

}  // namespace

Result<Asked> cancel_job(const FoundJob& job, Parts& parts) {
  if (is_terminal(job.record.status)) return Asked::kNotNeeded;
  BM_TRY(put_request(job, "cancel", parts));
  if (job.leader_alive) return Asked::kLeader;
  BM_TRY(parts.leaders.start(job.folder.root()));
  return Asked::kRevived;
}

Result<Asked> resume_job(const FoundJob& job, Parts& parts) {
  const JobStatus status = job.record.status;
  if (status == JobStatus::kCompleted) return Asked::kNotNeeded;
  if (!is_terminal(status) && job.leader_alive) return Asked::kNotNeeded;
  BM_TRY(put_request(job, "resume", parts));
  BM_TRY(parts.leaders.start(job.folder.root()));
  return Asked::kRevived;
}

Result<bool> revive_job(const FoundJob& job, Parts& parts) {
  if (is_terminal(job.record.status) || job.leader_alive) return false;
  BM_TRY(parts.leaders.start(job.folder.root()));
  return true;
}

bool has_pending_requests(const JobFolder& folder, const Files& files) {
  const auto entries = files.list(folder.control());
  if (!entries) return false;
  for (const FolderEntry& entry : *entries) {
    const bool is_request = entry.name.starts_with("cancel-") || entry.name.starts_with("resume-");
    if (is_request && entry.name.ends_with(".json")) return true;
  }
  return false;
}

}  // namespace batchmill::workspace
