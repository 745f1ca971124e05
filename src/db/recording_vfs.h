#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sqlite3.h>

// A disk for tests: an SQLite VFS over the real one that writes down every change in order and can
// let one of them fail. What a crash would have left behind is made from the record.
namespace batchmill::db {

struct DiskChange {
  enum Kind { kWrite, kTruncate, kSync, kDelete } kind = kWrite;
  std::string file;
  sqlite3_int64 offset = 0;  // the new size for kTruncate
  std::string bytes;
};

using DiskImage = std::map<std::string, std::string>;  // content by path

inline void apply(const DiskChange& change, DiskImage& image) {
  if (change.kind == DiskChange::kDelete) {
    image.erase(change.file);
    return;
  }
  std::string& content = image[change.file];
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.kind == DiskChange::kTruncate) content.resize(offset);
  if (change.kind != DiskChange::kWrite) return;
  content.resize(std::max(content.size(), offset + change.bytes.size()));
  content.replace(offset, change.bytes.size(), change.bytes);
}

// The changes that a machine that loses power keeps of `changes`: all up to the last sync of their
// file, and of those after it each one that `survives`. A deleted file comes back unless its folder
// was synced.
inline DiskImage image_after_power_loss(const std::vector<DiskChange>& changes, std::size_t count,
                                        const std::function<bool()>& survives) {
  std::map<std::string, std::size_t> synced;
  for (std::size_t i = 0; i < count; ++i) {
    if (changes[i].kind == DiskChange::kSync) synced[changes[i].file] = i;
  }
  DiskImage image;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < synced[changes[i].file] || survives()) apply(changes[i], image);
  }
  return image;
}

class RecordingVfs {
 public:
  RecordingVfs() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    vfs_.zName = name_.c_str();
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~RecordingVfs() { sqlite3_vfs_unregister(&vfs_); }
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  const char* name() const { return vfs_.zName; }
  const std::vector<DiskChange>& changes() const { return changes_; }
  // The change with this number (from 0) and, if `for_good`, all after it fail with `code`.
  void fail_at(std::size_t number, int code, bool for_good) {
    fail_at_ = number;
    fail_code_ = code;
    for_good_ = for_good;
  }
  void heal() { fail_code_ = SQLITE_OK; }
  bool has_failed() const { return has_failed_; }

 private:
  struct File {
    sqlite3_file base;
    RecordingVfs* disk;
    std::string* name;  // null for temporary files, which are not recorded
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return of(file)->real(); }

  // What the next change is answered with; on SQLITE_OK it is recorded and must be carried out.
  int next(DiskChange change) {
    const std::size_t number = tried_++;
    if (fail_code_ != SQLITE_OK && (number == fail_at_ || (for_good_ && number > fail_at_))) {
      has_failed_ = true;
      return fail_code_;
    }
    changes_.push_back(std::move(change));
    return SQLITE_OK;
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto* disk = static_cast<RecordingVfs*>(vfs->pAppData);
    File* ours = of(file);
    ours->base.pMethods = nullptr;
    const int code = disk->real_->xOpen(disk->real_, name, ours->real(), flags, out);
    if (ours->real()->pMethods == nullptr) return code;
    ours->base.pMethods = methods();
    ours->disk = disk;
    ours->name = nullptr;
    if (name != nullptr) {
      disk->names_.push_back(std::make_unique<std::string>(name));
      ours->name = disk->names_.back().get();
    }
    return code;
  }
  static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    auto* disk = static_cast<RecordingVfs*>(vfs->pAppData);
    const int code = disk->next({DiskChange::kDelete, name, 0, ""});
    if (code == SQLITE_OK && sync_folder != 0) {
      disk->changes_.push_back({DiskChange::kSync, name, 0, ""});
    }
    return code != SQLITE_OK ? code : disk->real_->xDelete(disk->real_, name, 0);
  }
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    if (of(file)->name != nullptr) {
      const int code = of(file)->disk->next(
          {DiskChange::kWrite, *of(file)->name, offset,
           std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
      if (code != SQLITE_OK) return code;
    }
    return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (of(file)->name != nullptr) {
      const int code = of(file)->disk->next({DiskChange::kTruncate, *of(file)->name, size, ""});
      if (code != SQLITE_OK) return code;
    }
    return real(file)->pMethods->xTruncate(real(file), size);
  }
  // Nothing reaches a platter: the record says what would have.
  static int sync(sqlite3_file* file, int) {
    if (of(file)->name == nullptr) return SQLITE_OK;
    return of(file)->disk->next({DiskChange::kSync, *of(file)->name, 0, ""});
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods = {
        2,
        [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); },
        [](sqlite3_file* f, void* to, int size, sqlite3_int64 offset) {
          return real(f)->pMethods->xRead(real(f), to, size, offset);
        },
        write,
        truncate,
        sync,
        [](sqlite3_file* f, sqlite3_int64* size) {
          return real(f)->pMethods->xFileSize(real(f), size);
        },
        [](sqlite3_file* f, int lock) { return real(f)->pMethods->xLock(real(f), lock); },
        [](sqlite3_file* f, int lock) { return real(f)->pMethods->xUnlock(real(f), lock); },
        [](sqlite3_file* f, int* out) {
          return real(f)->pMethods->xCheckReservedLock(real(f), out);
        },
        [](sqlite3_file* f, int op, void* argument) {
          return real(f)->pMethods->xFileControl(real(f), op, argument);
        },
        [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
        [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
        [](sqlite3_file* f, int region, int size, int extend, void volatile** out) {
          return real(f)->pMethods->xShmMap(real(f), region, size, extend, out);
        },
        [](sqlite3_file* f, int offset, int n, int flags) {
          return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
        },
        [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); },
        [](sqlite3_file* f, int remove_it) {
          return real(f)->pMethods->xShmUnmap(real(f), remove_it);
        },
        nullptr,
        nullptr};
    return &kMethods;
  }

  sqlite3_vfs* real_;
  std::string name_ = "recording-" + std::to_string(reinterpret_cast<std::uintptr_t>(this));
  sqlite3_vfs vfs_;
  std::vector<DiskChange> changes_;
  std::vector<std::unique_ptr<std::string>> names_;
  std::size_t tried_ = 0;
  std::size_t fail_at_ = 0;
  int fail_code_ = SQLITE_OK;
  bool for_good_ = false;
  bool has_failed_ = false;
};

}  // namespace batchmill::db
