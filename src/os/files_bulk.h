#pragma once

#include "ports/bulk_files.h"

namespace batchmill {

// Bulk reading and writing on the local machine.
class FilesBulk final : public BulkFiles {
 public:
  Result<void> visit_folder(const std::string& path,
                            const std::function<void(const VisitedEntry&)>& visit) const override;
  Result<FileIdentity> identity(const std::string& path) const override;
  Result<std::unique_ptr<ReadableFile>> open(const std::string& path) const override;
  Result<std::unique_ptr<WritableFile>> create(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> extend(const std::string& path,
                                               std::uint64_t keep) override;
  Result<void> sync(const std::string& path) override;
  Result<void> publish(const std::string& from, const std::string& to) override;
};

}  // namespace batchmill
